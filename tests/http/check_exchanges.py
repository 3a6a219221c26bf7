"""Holds what the HTTP tests asked and were answered against the OpenAPI document.

Usage: check_exchanges.py OPENAPI EXCHANGES. Each exchange must be of a documented operation, its status among the
documented ones, its body as described, with no field beyond; where it succeeded, so must be its request. An operation
that no test ever got a good answer from is a fault too.
"""
import json
import re
import sys

from jsonschema import Draft202012Validator

UNROUTED = {"no_such_path", "method_not_allowed"}


def strict(schema):
    """The same schema, taking no field that it does not name: an undocumented field is drift."""
    if isinstance(schema, list):
        return [strict(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    out = {key: strict(value) for key, value in schema.items()}
    if isinstance(schema.get("properties"), dict) and schema.get("type") == "object":
        out.setdefault("additionalProperties", False)
    return out


class Document:
    def __init__(self, document):
        self.components = strict(document["components"])
        self.operations = {}
        self.patterns = []
        for path, methods in document["paths"].items():
            parts = [f"(?:{'.+' if p.endswith('...}') else '[^/]+'})" if p.startswith("{") else re.escape(p)
                     for p in path.split("/")]
            literal = [p.startswith("{") for p in path.split("/")]
            self.patterns.append((literal, re.compile("/".join(parts)), path))
            for method, operation in methods.items():
                self.operations[method, path] = operation
        self.patterns.sort(key=lambda entry: entry[0])  # literal segments first
        self.validators = {}

    def find(self, method, path):
        for _, pattern, name in self.patterns:
            if pattern.fullmatch(path) and (method, name) in self.operations:
                return name, self.operations[method, name]
        return None

    def complaint(self, key, schema, value):
        if key not in self.validators:
            whole = strict(schema)
            whole["components"] = self.components
            self.validators[key] = Draft202012Validator(whole)
        error = next(iter(self.validators[key].iter_errors(value)), None)
        if error is None:
            return None
        if error.context:  # of an anyOf: the branch that came furthest
            error = max(error.context, key=lambda e: len(e.absolute_path))
        return f"at {'/'.join(map(str, error.absolute_path)) or 'the root'}: {error.message[:300]}"


def check(document, exchange):
    """A complaint, or the operation that was answered well, or nothing."""
    method = exchange["method"].lower()
    method = "get" if method == "head" else method
    path = exchange["path"].split("?")[0]
    try:
        body = json.loads(exchange["body"], parse_float=str) if "json" in exchange["type"] else None
    except json.JSONDecodeError as problem:
        return f"not JSON: {problem}", None
    if isinstance(body, dict) and body.get("code") in UNROUTED and exchange["status"] in (404, 405):
        return None, None
    if method == "options" or exchange["status"] == 0:
        return None, None
    found = document.find(method, path)
    if found is None:
        return "no such operation in the document", None
    name, operation = found
    status = str(exchange["status"])
    if status not in operation["responses"]:
        return f"status {status} is not documented", None
    answer = operation["responses"][status]
    if "$ref" in answer:
        answer = document.components["responses"][answer["$ref"].split("/")[-1]]
    content = answer.get("content", {})
    kind = exchange["type"].split(";")[0]
    if exchange["method"] == "HEAD" or not content:
        return None, (method, name)
    if kind not in content and not (kind.startswith("text/") and any(k.startswith("text/") for k in content)):
        return f"content {kind} is not documented", None
    if kind == "application/json":
        wrong = document.complaint((method, name, status), content[kind]["schema"], body)
        if wrong:
            return f"the {status} {wrong}", None
    if not status.startswith("2"):
        return None, None
    request = operation.get("requestBody")
    if exchange["request"] and request and "application/json" in request["content"]:
        wrong = document.complaint((method, name, "request"), request["content"]["application/json"]["schema"],
                                   json.loads(exchange["request"]))
        if wrong:
            return f"the request that was taken {wrong}", None
    return None, (method, name)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        document = Document(json.load(file))
    with open(sys.argv[2], encoding="utf-8", errors="replace") as file:
        exchanges = [json.loads(line) for line in file]
    complaints, answered = {}, set()
    for exchange in exchanges:
        complaint, operation = check(document, exchange)
        answered.add(operation)
        if complaint:
            key = (exchange["method"], re.sub(r"\d+", "1", exchange["path"].split("?")[0]), complaint)
            complaints.setdefault(key, exchange)
    for (method, path, complaint), exchange in sorted(complaints.items()):
        print(f"{method} {path}: {complaint}\n    asked {exchange['request'][:200]}\n    got {exchange['body'][:300]}")
    # A filtered run of the tests says nothing about what is never tried.
    aliased = {key for key, operation in document.operations.items() if operation["operationId"].endswith("Alias")}
    aliased |= {key for key, operation in document.operations.items() if "x-connection" in operation or "101" in operation["responses"]}
    never = [] if len(exchanges) < 500 else sorted(set(document.operations) - answered - aliased)
    for method, path in never:
        print(f"{method} {path}: no test got a good answer from it")
    print(f"{len(exchanges)} exchanges, {len(complaints)} complaints, {len(never)} operations never tried")
    return 1 if complaints or never or not exchanges else 0


if __name__ == "__main__":
    sys.exit(main())
