"""Evaluation cases: questions with what their answers must say and cite, read from YAML."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from assistant.errors import CasesError

_REQUIRED_FIELDS = ("id", "question", "answerable")
_TEXT_LISTS = ("must_say", "must_not_say", "tags")
_FIELDS = (*_REQUIRED_FIELDS, *_TEXT_LISTS, "must_cite", "history")
_ROLES = ("user", "assistant")


@dataclass(frozen=True, slots=True)
class MustCite:
    """A sentence that gives the answer: the name of its file, and a part of its text."""

    document: str
    quote: str


@dataclass(frozen=True, slots=True)
class Case:
    """A question, and what its answer must and must not contain.

    Every ``must_say`` is needed, no ``must_not_say`` is allowed, and any one ``must_cite`` is enough. A question that
    can't be asked at all, such as an empty one, is an unanswerable case: its error counts as a refusal.
    """

    id: str
    question: str
    answerable: bool
    must_say: tuple[str, ...] = ()
    must_not_say: tuple[str, ...] = ()
    must_cite: tuple[MustCite, ...] = ()
    tags: tuple[str, ...] = ()
    history: tuple[Mapping[str, str], ...] = ()  # earlier messages, each with ``role`` and ``content``


def load_cases(paths: Iterable[Path]) -> tuple[Case, ...]:
    """Reads the cases of YAML files.

    Args:
        paths: files, and folders, which stand for the ``.yaml`` files in them in the order of their names.

    Raises:
        CasesError: a missing path, malformed YAML, an unknown or missing field, a value of the wrong type, or
            an id given twice; names the file, the case and its line, and the field.
    """
    cases: dict[str, Case] = {}
    for path in _case_files(paths):
        for place, fields in _read_entries(path):
            case = _parse_case(fields, place)
            if case.id in cases:
                raise CasesError(f"{place}: id: '{case.id}' is taken by an earlier case. Give each its own.")
            cases[case.id] = case
    if not cases:
        raise CasesError("There are no cases in the files given. Name a .yaml file, or a folder of them.")
    return tuple(cases.values())


def _case_files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(path.glob("*.yaml"))
        elif path.is_file():
            yield path
        else:
            raise CasesError(f"{path}: no such file or folder of cases. Check the path.")


def _read_entries(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The fields of each case of a file, with its place in words for error messages. No field may occur twice."""
    try:
        loader = yaml.SafeLoader(path.read_text(encoding="utf-8"))
        root = loader.get_single_node()
        if not isinstance(root, yaml.SequenceNode):
            raise CasesError(f"{path}: a list of cases is expected, each starting with '- id:'.")
        for node in root.value:
            place = f"{path}, line {node.start_mark.line + 1}"
            if not isinstance(node, yaml.MappingNode):
                raise CasesError(f"{place}: a case is a mapping of fields, starting with '- id:'.")
            names = [key.value for key, _ in node.value]
            fields = _construct_fields(loader, node, place)
            place = f"{place}, case '{fields.get('id', '?')}'"
            for name in names:
                if names.count(name) > 1:
                    raise CasesError(f"{place}: {name}: given twice. Keep one.")
            yield place, fields
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise CasesError(f"{path}: not valid YAML: {' '.join(str(error).split())}") from None


def _construct_fields(loader: yaml.SafeLoader, node: yaml.MappingNode, place: str) -> dict[str, Any]:
    try:
        return {str(name): value for name, value in loader.construct_mapping(node, deep=True).items()}
    except yaml.YAMLError:
        raise
    except Exception as error:  # noqa: BLE001 — PyYAML raises anything on a value that its tag does not fit
        raise CasesError(
            f"{place}: a value does not fit its tag, as in '!!int a' ({error}). Write it without."
        ) from None


def _parse_case(fields: dict[str, Any], place: str) -> Case:
    for name in fields:
        if name not in _FIELDS:
            raise CasesError(f"{place}: {name}: unknown field. The fields are {', '.join(_FIELDS)}.")
    for name in _REQUIRED_FIELDS:
        if name not in fields:
            raise CasesError(f"{place}: {name}: missing. Every case has {', '.join(_REQUIRED_FIELDS)}.")
    if not isinstance(fields["answerable"], bool):
        raise CasesError(f"{place}: answerable: true or false is expected.")
    case = Case(
        id=_parse_text(fields["id"], place, "id"),
        question=_parse_question(fields["question"], place),
        answerable=fields["answerable"],
        must_cite=tuple(_parse_must_cite(item, place) for item in _get_list(fields, place, "must_cite")),
        history=tuple(_parse_message(item, place) for item in _get_list(fields, place, "history")),
        **{
            name: tuple(_parse_text(item, place, name) for item in _get_list(fields, place, name))
            for name in _TEXT_LISTS
        },
    )
    if case.answerable != bool(case.must_say or case.must_cite):
        wanted = "an answerable case needs one at least" if case.answerable else "an unanswerable case has neither"
        raise CasesError(f"{place}: must_say, must_cite: {wanted}.")
    return case


def _get_list(fields: dict[str, Any], place: str, name: str) -> list[Any]:
    value = fields.get(name, [])
    if not isinstance(value, list):
        raise CasesError(f"{place}: {name}: a list is expected.")
    return value


def _parse_text(value: Any, place: str, name: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise CasesError(f"{place}: {name}: text is expected, not {value!r}. Put figures in quotes.")
    return value


def _parse_question(value: Any, place: str) -> str:
    if not isinstance(value, str):
        raise CasesError(f"{place}: question: text is expected, not {value!r}. Put it in quotes.")
    return value


def _parse_message(value: Any, place: str) -> dict[str, str]:
    if not isinstance(value, dict) or set(value) != {"role", "content"} or value["role"] not in _ROLES:
        raise CasesError(f"{place}: history: each message has 'role', user or assistant, and 'content'.")
    return {"role": value["role"], "content": _parse_text(value["content"], place, "history.content")}


def _parse_must_cite(value: Any, place: str) -> MustCite:
    if not isinstance(value, dict) or set(value) != {"document", "quote"}:
        raise CasesError(f"{place}: must_cite: each has 'document' and 'quote' alone. Put the quote in quotes.")
    return MustCite(**{name: _parse_text(text, place, f"must_cite.{name}") for name, text in value.items()})
