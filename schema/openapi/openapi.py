"""Merges the fragments of this folder into one OpenAPI 3.1 document: openapi.py OUT SCOPES FRAGMENT...

SCOPES gets a line "method path scope" for each operation that asks who it is: what the gateway holds API keys against.

The shorthand is explained in README.md. Everything that is wrong with a fragment stops with its place.
"""
import json
import re
import sys

METHODS = ("get", "post", "put", "patch", "delete")
BASES = {
    "id": {"$ref": "#/components/schemas/Id"},
    "decimal": {"$ref": "#/components/schemas/Decimal"},
    "decimalIn": {"$ref": "#/components/schemas/DecimalIn"},
    "sequence": {"$ref": "#/components/schemas/Sequence"},
    "time": {"type": "string", "format": "date-time"},
    "date": {"type": "string", "format": "date"},
    "text": {"type": "string"},
    "boolean": {"type": "boolean"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "object": {"type": "object"},
    "any": True,
}
STATUS_TEXT = {
    "400": "not understood", "401": "nobody who is known", "403": "not allowed", "404": "there is nothing",
    "405": "another method is needed", "406": "not in that form", "408": "too slow", "409": "against the present state", "410": "gone",
    "413": "too large", "415": "not that media type", "422": "a rule of trading or money", "429": "too many, try later", "431": "headers too large",
    "500": "a fault of ours", "501": "not here", "503": "not now; Retry-After says when",
}


class Wrong(Exception):
    pass


def expression(text):
    """A type such as "decimal|null -- the limit price" as a JSON Schema."""
    text, _, description = text.partition(" -- ")
    text = text.strip()
    nullable = text.endswith("|null")
    text = text.removesuffix("|null").strip()
    if text.startswith("one of "):
        schema = {"type": "string", "enum": text.split()[2:]}
        if nullable:
            schema = {"type": ["string", "null"], "enum": [*schema["enum"], None]}
            nullable = False
    elif text.startswith("map of "):
        schema = {"type": "object", "additionalProperties": expression(text[7:])}
    elif text.startswith("[") and text.endswith("]"):
        schema = {"type": "array", "items": expression(text[1:-1])}
    elif text in BASES:
        schema = BASES[text]
        if schema is True:
            schema = {}
    elif re.fullmatch(r"[A-Z]\w*", text):
        schema = {"$ref": f"#/components/schemas/{text}"}
    else:
        raise Wrong(f"no such type: {text!r}")
    if nullable:
        if isinstance(schema.get("type"), str):
            schema = {**schema, "type": [schema["type"], "null"]}
        else:
            schema = {"anyOf": [schema, {"type": "null"}]}
    if description:
        schema = {**schema, "description": description}
    return schema


def schema_of(value):
    """Text is a type, a list of one an array, an object its fields ("name?" is optional); {"=": …} is kept as it is."""
    if isinstance(value, str):
        return expression(value)
    if isinstance(value, list):
        if len(value) != 1:
            raise Wrong(f"an array has one type of element: {value}")
        return {"type": "array", "items": schema_of(value[0])}
    if "=" in value:
        return value["="]
    schema = {"type": "object"}
    if "--" in value:
        schema["description"] = value["--"]
    fields = {name: field for name, field in value.items() if name != "--"}
    schema["properties"] = {name.removesuffix("?"): schema_of(field) for name, field in fields.items()}
    required = [name for name in fields if not name.endswith("?")]
    if required:
        schema["required"] = required
    return schema


class Codes:
    def __init__(self):
        self.status = {}
        self.groups = {}

    def add(self, codes):
        for status, names in codes.items():
            for name in names:
                self.status.setdefault(name, set()).add(status)

    def expand(self, names, seen=()):
        out = []
        for name in names:
            if name.startswith("@"):
                if name in seen or name not in self.groups:
                    raise Wrong(f"no such group of codes: {name}")
                out += self.expand(self.groups[name], (*seen, name))
            elif name not in self.status:
                raise Wrong(f"code {name} has no status: list it under \"codes\"")
            else:
                out.append(name)
        return list(dict.fromkeys(out))

    def responses(self, names):
        by_status = {}
        for name in self.expand(names):
            for status in self.status[name]:
                by_status.setdefault(status, []).append(name)
        return {status: {
            "description": STATUS_TEXT[status],
            "headers": {"X-Request-Id": {"$ref": "#/components/headers/X-Request-Id"}},
            "content": {"application/json": {"schema": error_schema(sorted(codes))}},
        } for status, codes in sorted(by_status.items())}


def error_schema(codes):
    return {
        "type": "object",
        "required": ["code", "message", "details"],
        "properties": {
            "code": {"type": "string", "enum": codes},
            "message": {"type": "string"},
            "details": {"type": "object"},
        },
    }


WHO = {
    "public": [],
    "user": ["@user"],
    "trader": ["@user", "@trader"],
    "administrator": ["@user", "administrator_only"],
    "operations": [],  # probes and documents: no limits, no tokens
}
KNOWN = {"id", "summary", "description", "who", "scope", "query", "headers", "body", "bodyOptional", "answers", "errors",
         "command", "page", "media", "connection"}


def operation_of(path, method, short, tag, codes, names):
    if unknown := set(short) - KNOWN:
        raise Wrong(f"unknown member {sorted(unknown)}")
    who = short["who"]
    operation = {"operationId": short["id"], "tags": [tag], "summary": short["summary"]}
    description = short.get("description", "")
    parameters = []
    for name in re.findall(r"\{(\w+)(?:\.\.\.)?\}", path):
        parameters.append({"name": name, "in": "path", "required": True, "schema": {"type": "string"}})
    query = dict(short.get("query", {}))
    errors = ["@every", *WHO[who]]
    if who == "operations":
        errors = ["@transport"]
    if short.get("page"):
        query |= {"limit": "integer -- 1 to 1000; 100 unless told",
                  "before": "text -- the next of an earlier answer"}
        errors.append("@page")
    if "{" in path:
        errors.append("malformed_path")
    if "body" in short:
        errors.append("@body")
    if method != "get" and who not in ("public", "operations"):
        errors += ["request_replayed", "replay_memory_full"]
    commands = short.get("command", method != "get" and who != "operations")
    if commands:
        errors.append("@command")
    elif method == "get" and who != "operations":
        query["atLeast"] = "sequence -- as X-Consistency-Token"
        parameters += [{"$ref": "#/components/parameters/X-Consistency-Token"},
                       {"$ref": "#/components/parameters/If-None-Match"}]
        errors.append("@read")
    for name, text in query.items():
        schema = dict(expression(text))
        parameter = {"name": name, "in": "query", "schema": schema}
        if "description" in schema:
            parameter["description"] = schema.pop("description")
        parameters.append(parameter)
    for name in short.get("headers", []):
        parameters.append({"$ref": f"#/components/parameters/{name}"})
    if short.get("connection"):
        operation["x-connection"] = "taken from HTTP before any route is asked"
    if parameters:
        operation["parameters"] = parameters
    if "body" in short:
        operation["requestBody"] = {"required": not short.get("bodyOptional", False),
                                    "content": {"application/json": {"schema": schema_of(short["body"])}}}
    responses = {}
    for status, text in short["answers"].items():
        kind, _, words = text.partition(" -- ")
        answer = {"description": words or "done"}
        headers = ["X-Request-Id"]
        if who != "operations":
            headers += ["RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"]
            if method == "get":
                headers += ["X-Sequence", "ETag"]
        answer["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in headers}
        if "/" in kind:
            answer["content"] = {kind: {"schema": {"type": "string"}}}
        elif kind != "nothing":
            answer["content"] = {"application/json": {"schema": expression(kind)}}
            if "media" in short:  # the same in another form
                answer["content"][short["media"]] = {"schema": {"type": "string"}}
        responses[status] = answer
    if method == "get" and who != "operations":
        responses["304"] = {"description": "as in If-None-Match: nothing has changed"}
    for status, answer in codes.responses(errors + short.get("errors", [])).items():
        if status in responses:  # either of the two
            content = answer["content"]["application/json"]
            content["schema"] = {"anyOf": [responses[status]["content"]["application/json"]["schema"], content["schema"]]}
        responses[status] = answer
    operation["responses"] = dict(sorted(responses.items()))
    if who in ("public", "operations"):
        operation["security"] = []
    else:
        scope = short.get("scope") or ("admin" if who == "administrator" else "read" if method == "get" else "trade")
        if scope not in names["scopes"]:
            raise Wrong(f"no such scope: {scope}")
        operation["x-scope"] = scope
        operation["security"] = [{"token": []}, {"apiKey": [], "apiKeyTimestamp": [], "apiKeySignature": []}]
        needs = {"administrator": "Administrators only. ", "trader": "Needs a role and a wallet. "}.get(who, "")
        description = f"{description}\n\n{needs}API keys need the scope `{scope}`.".strip()
    if description:
        operation["description"] = description
    return operation


def share_responses(document):
    """Gives equal answers one place: most operations can fail in the same ways."""
    shared = document["components"]["responses"] = {}
    places = {}
    for methods in document["paths"].values():
        for operation in methods.values():
            for status, answer in operation["responses"].items():
                text = json.dumps(answer, sort_keys=True)
                if text not in places:
                    name = f"{status}-{sum(key.startswith(status) for key in shared) + 1}"
                    shared[name] = answer
                    places[text] = {"$ref": f"#/components/responses/{name}"}
                operation["responses"][status] = places[text]


def spelt(fragment):
    """The fragment's paths, and those that "spellings" says again otherwise."""
    paths = dict(fragment.get("paths", {}))
    for usual, other in fragment.get("spellings", {}).items():
        for path, methods in fragment["paths"].items():
            if path == usual or path.startswith(usual + "/"):
                paths[other + path.removeprefix(usual)] = {
                    method: {**short, "id": short["id"] + "Alias", "summary": f"As {path}"} for method, short in methods.items()}
    return paths


def merge(fragments):
    base = next(f for f in fragments if "openapi" in f)
    codes = Codes()
    for fragment in fragments:
        codes.add(fragment.get("codes", {}))
        codes.groups |= fragment.get("groups", {})
    document = {key: base[key] for key in ("openapi", "info", "servers")}
    document |= {"tags": [], "paths": {}, "components": dict(base["components"])}
    document["components"]["schemas"] = {}
    ids = set()
    for fragment in fragments:
        for name, value in fragment.get("schemas", {}).items():
            if name in document["components"]["schemas"]:
                raise Wrong(f"schema {name} is there twice")
            document["components"]["schemas"][name] = schema_of(value)
        tag = fragment.get("tag")
        if tag:
            document["tags"].append(tag)
        for path, methods in spelt(fragment).items():
            for method, short in methods.items():
                try:
                    if method not in METHODS or method in document["paths"].get(path, {}):
                        raise Wrong("no such method, or there twice")
                    if short["id"] in ids:
                        raise Wrong(f"id {short['id']} is there twice")
                    ids.add(short["id"])
                    operation = operation_of(path, method, short, tag["name"], codes, base)
                except (Wrong, KeyError) as problem:
                    raise Wrong(f"{method} {path}: {problem}") from problem
                document["paths"].setdefault(path, {})[method] = operation
    document["components"]["schemas"]["Error"] = error_schema(sorted(codes.status))
    order = base["order"]  # of the groups; those that are not named come before the last
    document["tags"].sort(key=lambda tag: order.index(tag["name"]) if tag["name"] in order else len(order) - 1.5)
    share_responses(document)
    names = set(document["components"]["schemas"])
    for name in re.findall(r'"#/components/schemas/(\w+)"', json.dumps(document)):
        if name not in names:
            raise Wrong(f"schema {name} is nowhere")
    return document


def main():
    out, scopes, *paths = sys.argv[1:]
    fragments = []
    for path in sorted(paths, key=lambda p: (not p.endswith("base.json"), p)):
        with open(path, encoding="utf-8") as file:
            try:
                fragments.append(json.load(file))
            except json.JSONDecodeError as problem:
                sys.exit(f"{path}: {problem}")
    try:
        document = merge(fragments)
    except Wrong as problem:
        sys.exit(f"openapi: {problem}")
    with open(out, "w", encoding="utf-8") as file:
        json.dump(document, file, ensure_ascii=False, separators=(",", ":"))
    with open(scopes, "w", encoding="utf-8") as file:
        for path, methods in document["paths"].items():
            for method, operation in methods.items():
                if "x-scope" in operation:
                    file.write(f"{method} {path} {operation['x-scope']}\n")


if __name__ == "__main__":
    main()
