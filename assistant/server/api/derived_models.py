"""Pydantic models whose fields are those of a dataclass or of a `TypedDict`, so that a field is declared once."""

import dataclasses
from collections.abc import Callable, Collection, Mapping
from inspect import Parameter, get_annotations, signature
from typing import Annotated, Any, Self, TypeVar, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, model_validator

_F = TypeVar("_F", bound=Callable[..., Any])


class SchemaModel(BaseModel):
    """A model with a published name of its own.

    Class arguments:
        schema_name: the name in the OpenAPI document, by which clients' generated code knows the model; by default
            the class's own.
    """

    def __init_subclass__(cls, *, schema_name: str | None = None, **options: Any) -> None:
        super().__init_subclass__(**options)
        if schema_name is not None:
            cls.__name__ = cls.__qualname__ = schema_name  # pydantic takes title and reference from these


class RequestModel(SchemaModel):
    """What a client sends; an unknown field is an error, so that no misspelt filter widens an answer.

    Class arguments:
        keywords: a `TypedDict` of keyword arguments; each that no base class has yet becomes a field.
        wire_types: the type of a field, with its default, by the type of the keyword.
        descriptions: of the fields in the schema, by name.
    """

    model_config = ConfigDict(extra="forbid")

    def __init_subclass__(
        cls,
        *,
        keywords: type | None = None,
        wire_types: Mapping[Any, Any] | None = None,
        descriptions: Mapping[str, str] | None = None,
        **options: Any,
    ) -> None:
        super().__init_subclass__(**options)
        if keywords is not None:
            inherited = {name for base in cls.__mro__[1:] for name in get_annotations(base)}
            annotations = keyword_annotations(keywords, wire_types or {}, descriptions or {})
            own = get_annotations(cls)
            cls.__annotations__ = own | {name: kind for name, kind in annotations.items() if name not in inherited}


class ResponseModel(SchemaModel):
    """What goes out.

    A file name may hold bytes that are no character. JSON has no way to write these, so they are spelt out.

    Class arguments:
        fields_of: a dataclass, whose fields come first. The class body adds fields, and overrides the type of those
            that go out in another form. A record holds all its fields always, so none has a default.
        omitted: fields of the dataclass that don't go out.
        renamed: the names under which fields go out, by those in the dataclass.
        descriptions: of the fields in the schema, by the name under which they go out.
    """

    def __init_subclass__(
        cls,
        *,
        fields_of: type | None = None,
        omitted: Collection[str] = (),
        renamed: Mapping[str, str] | None = None,
        descriptions: Mapping[str, str] | None = None,
        **options: Any,
    ) -> None:
        super().__init_subclass__(**options)
        annotations = {}
        if fields_of is not None:
            hints = get_type_hints(fields_of)
            names = [field.name for field in dataclasses.fields(fields_of) if field.name not in omitted]
            annotations = {(renamed or {}).get(name, name): hints[name] for name in names}
        annotations |= get_annotations(cls)
        for name, description in (descriptions or {}).items():
            annotations[name] = Annotated[annotations[name], Field(description=description)]
        cls.__annotations__ = annotations

    @model_validator(mode="before")
    @classmethod
    def _escape_surrogates(cls, data: Any) -> Any:
        return {name: escape_surrogates(value) for name, value in data.items()} if isinstance(data, dict) else data

    @classmethod
    def from_dataclass(cls, instance: Any, **more: Any) -> Self:
        """The record of a dataclass instance, with further fields."""
        return cls.model_validate(dataclasses.asdict(instance) | more)


def escape_surrogates(value: Any) -> Any:
    """A string with each lone surrogate spelt out, a backslash and its number; any other value as it is."""
    if not isinstance(value, str) or value.isascii():
        return value
    return value.encode("utf-8", "backslashreplace").decode()


def keyword_annotations(
    keywords: type, wire_types: Mapping[Any, Any], descriptions: Mapping[str, str]
) -> dict[str, Any]:
    """The annotation of each keyword of a `TypedDict`, as a client sends it.

    Args:
        keywords: the `TypedDict`.
        wire_types: what a client sends, by the type of the keyword.
        descriptions: by keyword.

    Raises:
        KeyError: a keyword's type has no wire type.
    """
    return {
        name: Annotated[wire_types[hint], Field(description=descriptions.get(name))]
        for name, hint in get_type_hints(keywords).items()
    }


def expand_keywords(annotations: Mapping[str, Any]) -> Callable[[_F], _F]:
    """Shows the keyword arguments that a function takes as ``**options`` in its signature, each None by default.

    Frameworks that read the signature to learn what a function takes don't know ``Unpack``.
    """

    def decorate(function: _F) -> _F:
        own = signature(function)
        named = [parameter for parameter in own.parameters.values() if parameter.kind is not Parameter.VAR_KEYWORD]
        added = [
            Parameter(name, Parameter.KEYWORD_ONLY, default=None, annotation=annotation)
            for name, annotation in annotations.items()
        ]
        function.__signature__ = own.replace(parameters=[*named, *added])  # type: ignore[attr-defined]  # inspect reads it
        return function

    return decorate
