"""The page /docs: the OpenAPI description as plain HTML, made here.

Swagger's own page is a megabyte and a half of script from a CDN, or out of a package that lags behind it; this needs
no script, so it loads nothing from anywhere, works under the strictest policy, and reads well in a screen reader.
"""

import json
from collections.abc import Iterator
from html import escape
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.responses import HTMLResponse

_STYLE = """
body { font: 1rem/1.55 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem }
code, pre { font: .9rem/1.5 ui-monospace, monospace }
pre { overflow-x: auto; padding: .7rem; border: 1px solid GrayText }
h2 { margin-top: 2.2rem; border-bottom: 1px solid GrayText }
td, th { text-align: left; vertical-align: top; padding: .15rem .9rem .15rem 0 }
summary { cursor: pointer }
.table { overflow-x: auto }
:root { color-scheme: light dark }
"""
_EXAMPLE = """curl -s http://127.0.0.1:7860/api/v1/ask \\
  -H 'Content-Type: application/json' -H 'Authorization: Bearer …' \\
  -d '{"question": "Who leads Interpol?"}'"""
_MCP = "MCP clients find the tools ask, search, list_documents and read_document at /mcp (streamable HTTP)."


def router(app: FastAPI) -> APIRouter:
    """The route /docs."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/docs")
    async def docs() -> HTMLResponse:
        return HTMLResponse("".join(_page(app.openapi())))

    return routes


def _page(description: dict[str, Any]) -> Iterator[str]:
    about = description["info"]
    yield f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(about["title"])} API</title>'
    yield f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_STYLE}</style></head><body>'
    yield f"<main><h1>{escape(about['title'])} API {escape(about['version'])}</h1><p>{escape(about['description'])}</p>"
    yield f'<p>{_MCP} The description for programs is <a href="/openapi.json">/openapi.json</a>. Where users or a '
    yield f"token are set, send the token in the header <code>Authorization</code>.</p><pre>{escape(_EXAMPLE)}</pre>"
    tag = ""
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            if (new := operation["tags"][0]) != tag:
                tag = new
                yield f"<h2>{escape(tag)}</h2>"
            yield from _operation(f"{method.upper()} {path}", operation)
    yield "<h2>Objects</h2>"
    for name, schema in description["components"]["schemas"].items():
        yield f'<h3 id="{escape(name)}"><code>{escape(name)}</code></h3><p>{escape(schema.get("description", ""))}</p>'
        yield from _fields(schema)
    yield "</main></body></html>"


def _operation(title: str, operation: dict[str, Any]) -> Iterator[str]:
    yield f"<h3><code>{escape(title)}</code></h3><p>{escape(operation.get('description', operation['summary']))}</p>"
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        yield f"<p>Takes {_type(content['schema'])} as <code>{escape(kind)}</code>.</p>"
    yield '<details><summary>What comes back</summary><div class="table"><table>'
    for status, answer in operation["responses"].items():
        types = ", ".join(_type(each.get("schema", {})) for each in answer.get("content", {}).values())
        yield f"<tr><th scope=row>{escape(status)}</th><td>{types}</td><td>{escape(answer['description'])}</td></tr>"
    yield "</table></div></details>"


def _fields(schema: dict[str, Any]) -> Iterator[str]:
    needed = schema.get("required", ())
    yield '<div class="table"><table>'
    for name, field in schema.get("properties", {}).items():
        default = f", by default <code>{escape(json.dumps(field['default']))}</code>" if "default" in field else ""
        told = f"{_type(field)}{'' if name in needed else default}"
        about = escape(field.get("description", ""))
        yield f"<tr><th scope=row><code>{escape(name)}</code></th><td>{told}</td><td>{about}</td></tr>"
    yield "</table></div>"


def _type(schema: dict[str, Any]) -> str:
    """The type of a value in words, with a link where it is an object that has its own heading."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rpartition("/")[2])
        return f'<a href="#{name}">{name}</a>'
    if several := schema.get("anyOf") or schema.get("oneOf"):
        return " or ".join(_type(each) for each in several)
    if "items" in schema:
        return f"list of {_type(schema['items'])}"
    if "enum" in schema:
        return " or ".join(f"<code>{escape(str(each))}</code>" for each in schema["enum"])
    return escape(str(schema.get("const", schema.get("format", schema.get("type", "anything")))))
