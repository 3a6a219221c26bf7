"""Drafts a fragment for what is served and not yet documented, from what the HTTP tests were answered.

Usage: draft.py OPENAPI EXCHANGES "method /path/{id}"... (the routes that OpenApi.names_every_route complains of).
A draft: who may ask, words, and which fields are open sets of names (maps) are for a person to say.
"""
import json
import re
import sys

DECIMAL = re.compile(r"-?\d+(\.\d+)?")
TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z")
DATE = re.compile(r"\d{4}-\d\d-\d\d")


def kind(name, value):
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "sequence" if name.lower().endswith("sequence") else "integer"
    if isinstance(value, float):
        return "number"
    if name.endswith("Id") and re.fullmatch(r"\d+", value):
        return "id"
    for pattern, word in ((DECIMAL, "decimal"), (TIME, "time"), (DATE, "date")):
        if pattern.fullmatch(value):
            return word
    return "text"


def infer(name, values):
    """The shorthand that takes all of these values."""
    objects = [v for v in values if isinstance(v, dict)]
    lists = [v for v in values if isinstance(v, list)]
    if objects:
        keys = list(dict.fromkeys(key for v in objects for key in v))
        if keys and all(re.fullmatch(r"[A-Z]{2,6}(-[A-Z]+)?", key) for key in keys):  # assets or symbols
            return {"=map": infer("", [x for v in objects for x in v.values()])}
        out = {}
        for key in keys:
            there = [v[key] for v in objects if key in v]
            out[key + ("" if len(there) == len(objects) else "?")] = infer(key, there)
        return out
    if lists:
        return [infer(name, [x for v in lists for x in v])]
    kinds = {kind(name, v) for v in values}
    nullable = "|null" if "null" in kinds else ""
    kinds.discard("null")
    if not kinds:
        return "any"
    if kinds == {"integer", "decimal"} or kinds == {"decimal", "number"}:
        kinds = {"decimalIn"}
    word = kinds.pop() if len(kinds) == 1 else "text"
    return word + nullable


class Draft:
    def __init__(self):
        self.schemas = {}

    def named(self, name, shape):
        """Objects get names, so that a type is one word."""
        if isinstance(shape, list):
            return f"[{self.named(re.sub('s$', '', name), shape[0])}]"
        if isinstance(shape, str):
            return shape
        if list(shape) == ["=map"]:
            return f"map of {self.named(name, shape['=map'])}"
        fields = {key: self.named(name + key.removesuffix("?")[:1].upper() + key.removesuffix("?")[1:], value) for key, value in shape.items()}
        for other, known in self.schemas.items():
            if known == fields:
                return other
        self.schemas[name] = fields
        return name


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        document = json.load(file)
    known = set(document["components"]["schemas"]["Error"]["properties"]["code"]["enum"])
    with open(sys.argv[2], encoding="utf-8") as file:
        exchanges = [json.loads(line) for line in file]
    routes = []
    for route in sys.argv[3:]:
        method, path = route.split()
        pattern = re.compile("/".join(".+" if p.endswith("...}") else "[^/]+" if p.startswith("{") else re.escape(p) for p in path.split("/")))
        routes.append((["{" in p for p in path.split("/")], method, path, pattern))
    routes.sort(key=lambda r: r[0])
    seen = {(method, path): [] for _, method, path, _ in routes}
    for exchange in exchanges:
        for _, method, path, pattern in routes:
            if exchange["method"].lower() == method and pattern.fullmatch(exchange["path"].split("?")[0]):
                seen[method, path].append(exchange)
                break
    draft, paths, codes = Draft(), {}, {}
    for (method, path), all_ in seen.items():
        words = [w for w in re.split(r"[/{}_-]+", path) if w and w != "api"]
        name = "".join(w[:1].upper() + w[1:] for w in words)
        short = {"id": method + name, "who": "user", "summary": f"{method} {path}"}
        query = sorted({pair.split("=")[0] for e in all_ if e["status"] < 300 for pair in e["path"].partition("?")[2].split("&") if pair})
        if query:
            short["query"] = {q: "text" for q in query}
        good = [e for e in all_ if e["status"] < 300]
        bodies = [json.loads(e["request"]) for e in good if e["request"]]
        if bodies:
            short["body"] = draft.named("New" + name, infer("", bodies))
        answers = {}
        for status in sorted({e["status"] for e in good}):
            of = [e for e in good if e["status"] == status]
            if "json" in of[0]["type"]:
                answers[str(status)] = draft.named(name, infer("", [json.loads(e["body"], parse_float=str) for e in of]))
            else:
                answers[str(status)] = of[0]["type"].split(";")[0] or "nothing"
        short["answers"] = answers or {"200": "any"}
        errors = {}
        for e in all_:
            if e["status"] >= 400 and "json" in e["type"]:
                errors[json.loads(e["body"])["code"]] = e["status"]
        documented = {"token_missing", "rate_limited", "administrator_only"}
        short["errors"] = sorted(set(errors) - documented)
        for code, status in errors.items():
            if code not in known:
                codes.setdefault(str(status), []).append(code)
        paths.setdefault(path, {})[method] = short
    codes = {status: sorted(set(names)) for status, names in sorted(codes.items())}
    print(json.dumps({"tag": {"name": "", "description": ""}, "codes": codes, "paths": paths, "schemas": draft.schemas}, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
