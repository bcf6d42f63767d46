"""Prints what a Python package reads of its configuration, a line for each: read PATH [DEFAULT], field CLASS.NAME, const NAME VALUE, and
refuse FILE TEXT for each error that it may raise. It looks at the syntax and runs nothing. The first argument is the folder of the package."""

import ast
import json
import os
import sys

MODELS = ("Model", "Config")


def constant(node):
    try:
        return json.dumps(ast.literal_eval(node), sort_keys=True)
    except (ValueError, TypeError):
        return None


class Reader(ast.NodeVisitor):
    def __init__(self, name):
        self.name, self.lines, self.names = name, set(), {}

    def path(self, node):
        """Returns which setting an expression is: "" for the whole, or None."""
        if isinstance(node, ast.Name):
            return self.names.get(node.id)
        if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or):
            return self.path(node.values[0])
        if isinstance(node, ast.Subscript):
            return self.below(node.value, node.slice)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get" and node.args:
            return self.below(node.func.value, node.args[0])
        return None

    def below(self, value, key):
        above = self.path(value)
        if above is None or not isinstance(key, ast.Constant) or not isinstance(key.value, str):
            return None
        return (above + "." + key.value).lstrip(".")

    def read(self, path, default=None):
        self.lines.add(" ".join(["read", path] + ([default] if default else [])))

    def visit_FunctionDef(self, node):
        outer, self.names = self.names, {}
        for arg in node.args.args:
            if arg.arg == "config" and arg.annotation is not None and "Dict" in ast.unparse(arg.annotation):
                self.names["config"] = ""
            if arg.arg == "database_config":
                self.names["database_config"] = "database"
        self.generic_visit(node)
        self.names = outer

    def visit_Assign(self, node):
        self.generic_visit(node)
        path = self.path(node.value)
        for target in node.targets:
            if isinstance(target, ast.Name):
                self.names.pop(target.id, None)
                if path is not None:
                    self.names[target.id] = path
                value = constant(node.value)
                if target.id.startswith("DEFAULT_") and value is not None and len(value) < 60 and "\\n" not in value:
                    self.lines.add("const " + target.id + " " + value)

    def visit_AnnAssign(self, node):
        if node.value is not None:
            self.visit_Assign(ast.Assign(targets=[node.target], value=node.value))

    def visit_For(self, node):
        path = self.path(node.iter)
        if path is not None and isinstance(node.target, ast.Name):
            self.names[node.target.id] = path + "[]"
        self.generic_visit(node)

    def visit_Subscript(self, node):
        path = self.path(node)
        if path is not None:
            self.read(path)
        self.generic_visit(node)

    def visit_Compare(self, node):
        if len(node.ops) == 1 and isinstance(node.ops[0], (ast.In, ast.NotIn)):
            path = self.below(node.comparators[0], node.left)
            if path is not None:
                self.read(path)
        self.generic_visit(node)

    def visit_Call(self, node):
        path = self.path(node)
        if path is not None:
            self.read(path, constant(node.args[1]) if len(node.args) > 1 else None)
        elif any(self.path(arg) == "" for arg in node.args):
            for key in node.args[1:2] + [k.value for k in node.keywords if k.arg == "key"]:
                if isinstance(key, ast.Constant) and isinstance(key.value, str) and key.value.replace("_", "").replace(".", "").isalnum():
                    self.read(key.value)
        self.generic_visit(node)

    def visit_ClassDef(self, node):
        if any(ast.unparse(base).endswith(MODELS) and ast.unparse(base) != "Config" for base in node.bases):
            for part in node.body:
                if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name) and not part.target.id.startswith("_"):
                    if "ClassVar" not in ast.unparse(part.annotation):
                        self.lines.add("field " + node.name + "." + part.target.id)
        self.generic_visit(node)

    def visit_Raise(self, node):
        call = node.exc
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "ConfigError" and call.args:
            text = call.args[0]
            while isinstance(text, ast.BinOp):
                text = text.left
            if isinstance(text, (ast.Constant, ast.JoinedStr)):
                parts = text.values if isinstance(text, ast.JoinedStr) else [text]
                words = "".join(str(p.value) if isinstance(p, ast.Constant) else "…" for p in parts)
                self.lines.add("refuse " + self.name + " " + " ".join(words.split()))
        self.generic_visit(node)


def main(folder):
    lines = set()
    for name in sorted(os.listdir(folder)):
        if name.endswith(".py"):
            with open(os.path.join(folder, name), encoding="utf-8") as source:
                reader = Reader(name)
                reader.visit(ast.parse(source.read(), name))
                lines |= reader.lines
    print("\n".join(sorted(lines)))


main(sys.argv[1])
