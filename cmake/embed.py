"""Files as C++ text: embed.py OUT NAMESPACE name=file... defines `extern const std::string_view name`."""
import sys

PIECE = 8000  # of a raw literal; compilers limit their length


def main():
    out, namespace, *entries = sys.argv[1:]
    lines = ["#include <string_view>", f"namespace {namespace} {{"]
    for entry in entries:
        name, path = entry.split("=", 1)
        with open(path, encoding="utf-8") as file:
            text = file.read()
        pieces = [text[at:at + PIECE] for at in range(0, len(text), PIECE)] or [""]
        literal = "\n".join(f'R"embedded({piece})embedded"' for piece in pieces)
        lines.append(f"extern const std::string_view {name};\nconst std::string_view {name} = {literal};")
    lines.append("}")
    with open(out, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
