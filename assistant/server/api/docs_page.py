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
_MCP_NOTE = "MCP clients find the tools ask, search, list_documents and read_document at /mcp (streamable HTTP)."


def router(app: FastAPI) -> APIRouter:
    """The route /docs."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/docs")
    async def docs() -> HTMLResponse:
        return HTMLResponse("".join(_page(app.openapi())))

    return routes


def _page(description: dict[str, Any]) -> Iterator[str]:
    """The pieces of the page, from the OpenAPI description."""
    info = description["info"]
    yield f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(info["title"])} API</title>'
    yield f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_STYLE}</style></head><body>'
    yield f"<main><h1>{escape(info['title'])} API {escape(info['version'])}</h1><p>{escape(info['description'])}</p>"
    yield f'<p>{_MCP_NOTE} The description for programs is <a href="/openapi.json">/openapi.json</a>. Where users or a '
    yield f"token are set, send the token in the header <code>Authorization</code>.</p><pre>{escape(_EXAMPLE)}</pre>"
    heading = ""
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            if (tag := operation["tags"][0]) != heading:
                heading = tag
                yield f"<h2>{escape(heading)}</h2>"
            yield from _operation_section(f"{method.upper()} {path}", operation)
    yield "<h2>Objects</h2>"
    for name, schema in description["components"]["schemas"].items():
        yield f'<h3 id="{escape(name)}"><code>{escape(name)}</code></h3><p>{escape(schema.get("description", ""))}</p>'
        yield from _field_table(schema)
    yield "</main></body></html>"


def _operation_section(title: str, operation: dict[str, Any]) -> Iterator[str]:
    yield f"<h3><code>{escape(title)}</code></h3><p>{escape(operation.get('description', operation['summary']))}</p>"
    for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
        yield f"<p>Takes {_type_html(content['schema'])} as <code>{escape(media_type)}</code>.</p>"
    yield '<details><summary>What comes back</summary><div class="table"><table>'
    for status, response in operation["responses"].items():
        types = ", ".join(_type_html(content.get("schema", {})) for content in response.get("content", {}).values())
        yield f"<tr><th scope=row>{escape(status)}</th><td>{types}</td><td>{escape(response['description'])}</td></tr>"
    yield "</table></div></details>"


def _field_table(schema: dict[str, Any]) -> Iterator[str]:
    required = schema.get("required", ())
    yield '<div class="table"><table>'
    for name, field in schema.get("properties", {}).items():
        default = f", by default <code>{escape(json.dumps(field['default']))}</code>" if "default" in field else ""
        type_html = f"{_type_html(field)}{'' if name in required else default}"
        description = escape(field.get("description", ""))
        yield f"<tr><th scope=row><code>{escape(name)}</code></th><td>{type_html}</td><td>{description}</td></tr>"
    yield "</table></div>"


def _type_html(schema: dict[str, Any]) -> str:
    """The type of a value in words, with a link where it is an object that has its own heading."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rpartition("/")[2])
        return f'<a href="#{name}">{name}</a>'
    if alternatives := schema.get("anyOf") or schema.get("oneOf"):
        return " or ".join(_type_html(alternative) for alternative in alternatives)
    if "items" in schema:
        return f"list of {_type_html(schema['items'])}"
    if "enum" in schema:
        return " or ".join(f"<code>{escape(str(value))}</code>" for value in schema["enum"])
    return escape(str(schema.get("const", schema.get("format", schema.get("type", "anything")))))
