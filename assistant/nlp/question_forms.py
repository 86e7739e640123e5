"""What an English question asks for, by its form: a number, a date, a person, and of what."""

import re
from dataclasses import dataclass
from typing import Literal, cast

from assistant.nlp import lexicon
from assistant.nlp.languages import Languages, languages_of
from assistant.nlp.tokens import AUXILIARIES, PREPOSITIONS, QUESTION_WORDS, STOP_WORDS, fold, tokenize

QuestionKind = Literal[
    "count", "amount", "percent", "date", "year", "person", "organisation", "place",
    "definition", "reason", "yesno", "choice", "list", "other",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class QuestionForm:
    """What a question asks for.

    ``focus`` holds the folded content words of the thing asked for: ``("irregular", "migrants")`` for "How
    many irregular migrants were …", ``("country",)`` for "Which country …"; it is empty where the question names
    nothing ("When …", "Who …").
    """

    kind: QuestionKind
    focus: tuple[str, ...] = ()


_KIND_BY_NOUN = cast("dict[str, QuestionKind]", lexicon.mapping("question_nouns"))
_NOUN_GROUPS = lexicon.words_by_class("noun_groups")
# Of a question in another language: "wie viele" asks for a number.
_FOREIGN_KINDS = tuple(
    (fold(phrase), language, cast("QuestionKind", kind))
    for phrase, language, kind in lexicon.rows("foreign_question_words")
)
_DIMENSIONS = _NOUN_GROUPS["dimension"]  # "how long", "how expensive"
_IRREGULAR_PLURALS = _NOUN_GROUPS["irregular plural"]
_ARTICLES = _NOUN_GROUPS["article"]
_NAMING_NOUNS = _NOUN_GROUPS["naming"]  # "the name of the company" asks for the company
_QUANTIFIERS = frozenset({"other", "more", "many", "most", "all", "different"})  # stop words that may open a noun group
_DEFINING_VERBS = frozenset({"define", "describe"})
_LISTING_VERBS = frozenset({"list", "enumerate", "name"})
_MAX_FOCUS_WORDS = 4
_POLITE_OPENING = re.compile(
    r"^\W*(?:(?:please|hey|so|and|but|then|ok|(?:can|could|would|will) you(?: please)?"
    r"|i(?:'d| would)? (?:want|like) to know|do you know|tell (?:me|us)|let me know|(?:give|show) (?:me|us)"
    r"|find out|say|state|find|give|show)\b[\s,:]*)+"
)


def classify_question(question: str) -> QuestionForm:
    """What a question asks for, by its form; a fragment will do, without question mark or capitals.

    "What year" asks for a year, "when" for a date, "how long" and "how much" for an amount, "who" for a
    person.
    """
    words = [token.text for token in tokenize(_POLITE_OPENING.sub("", fold(question)))]
    if not words:
        return QuestionForm("other")
    if words[0] in AUXILIARIES:
        return QuestionForm("choice" if "or" in words else "yesno")
    position = _question_word_position(words)
    if position is None:
        foreign_kind = _foreign_kind(words, languages_of(question))
        return QuestionForm(foreign_kind) if foreign_kind else _classify_phrase(words)
    question_word, rest = words[position], words[position + 1 :]
    if question_word == "how":
        return _classify_how(rest)
    if question_word in ("what", "which"):
        return _classify_what(question_word, rest)
    kinds: dict[str, QuestionKind] = {"when": "date", "where": "place", "why": "reason"}
    return QuestionForm(kinds.get(question_word, "person"))


def _foreign_kind(words: list[str], languages: Languages) -> QuestionKind | None:
    """The kind of a question in another language, by the longest phrase that asks there; None where none does."""
    padded = f" {' '.join(words)} ".replace("'", " ")
    phrases = [
        (phrase, kind) for phrase, language, kind in _FOREIGN_KINDS if language in languages and f" {phrase} " in padded
    ]
    return max(phrases, key=lambda phrase: len(phrase[0]))[1] if phrases else None


def is_plural(noun: str) -> bool:
    """Whether a folded noun looks like a plural."""
    return noun in _IRREGULAR_PLURALS or (noun.endswith("s") and not noun.endswith("ss"))


def _question_word_position(words: list[str]) -> int | None:
    """The index of the question word that decides; None where there is none."""
    positions = [i for i, word in enumerate(words) if word in QUESTION_WORDS]
    if not positions:
        return None
    first = positions[0]
    following = words[first + 1 : first + 2]
    if words[first] in ("when", "where") and following and following[0] not in AUXILIARIES:
        # "When forces meet, what happens" asks in its second half.
        return positions[1] if len(positions) > 1 else first
    return first


def _classify_how(rest: list[str]) -> QuestionForm:
    """The form of a question by what follows its "how"."""
    first = rest[0] if rest else ""
    if first == "many":
        return QuestionForm("count", _up_to_last_plural(_noun_group(rest[1:])))
    if first == "much":
        return QuestionForm("amount", _noun_group(rest[1:]))
    if first in _DIMENSIONS:
        return QuestionForm("amount", (first,))
    return QuestionForm("reason" if first == "come" else "other")


def _classify_what(question_word: str, rest: list[str]) -> QuestionForm:
    """The form of a question by what follows its "what" or "which"."""
    if rest[:1] == ["of"]:
        return QuestionForm("choice", _noun_group(rest[1:]))
    if group := _noun_group(rest):
        if question_word == "which" and "or" in rest:
            return QuestionForm("choice", group)
        return _classify_group(_up_to_first_plural(group), rest)
    if "mean" in rest[1:] or rest[-2:] == ["stand", "for"]:
        return QuestionForm("definition", _noun_group([word for word in rest[1:] if word not in ("mean", "stand")]))
    if rest[:1] and rest[0] in ("is", "are", "was", "were"):
        return _classify_definition(rest[1:], plural=rest[0] in ("are", "were"))
    return QuestionForm("other")


def _classify_phrase(words: list[str]) -> QuestionForm:
    """The form of a request or a fragment without a question word: "define X", "list the X", "number of arrests"."""
    verb = words[0] if words else ""
    if verb in _DEFINING_VERBS:
        return QuestionForm("definition", _noun_group(words[1:]))
    if verb in _LISTING_VERBS:
        form = _classify_group(_noun_group(words[1:]), words[1:])
        many = verb != "name" or (form.focus and form.focus[-1].endswith("s"))
        return QuestionForm("list", form.focus) if many else form
    group = _noun_group(words)
    if group and (group[-1] in _NAMING_NOUNS or _kind_of_noun(group[-1]) != "other"):
        return _classify_group(group, words)
    return QuestionForm("other", group)


def _classify_definition(rest: list[str], *, plural: bool) -> QuestionForm:
    """The form of "what is …": a definition of a bare noun group; of a longer one a list, where it is plural."""
    form = _classify_phrase(rest)
    if form.kind != "other" or (rest and rest[0] in _DEFINING_VERBS | _LISTING_VERBS):
        return form
    group = _noun_group(rest)
    if len(rest) <= len(group) + 1 and rest[:1] != ["the"]:
        return QuestionForm("definition", group)
    return QuestionForm("list" if plural else "other", group)


def _classify_group(group: tuple[str, ...], rest: list[str]) -> QuestionForm:
    """The kind that a noun group names; "the number of arrests", "the name of the man" look behind "of"."""
    outermost: tuple[str, ...] = ()
    groups_behind_of = (_noun_group(rest, i + 1) for i, word in enumerate(rest) if word == "of")
    inner = next(groups_behind_of, ())
    while group and group[-1] in _NAMING_NOUNS and inner:
        outermost = outermost or inner
        if group[-1] not in ("name", "names"):
            return QuestionForm("other", outermost)
        group, inner = inner, next(groups_behind_of, ())
    for noun in reversed(group):
        kind = _kind_of_noun(noun)
        if kind != "other":
            counts_inner = kind in ("count", "percent", "definition") and inner and noun != "population"
            return QuestionForm(kind, outermost or (inner if counts_inner else group))
    return QuestionForm("other", outermost or group)


def _kind_of_noun(noun: str) -> QuestionKind:
    singular = noun[:-3] + "y" if noun.endswith("ies") else noun.removesuffix("s")
    kind = _KIND_BY_NOUN.get(noun) or _KIND_BY_NOUN.get(singular, "other")
    return "other" if kind == "amount" and noun not in _KIND_BY_NOUN else kind  # "what areas" asks for no amount


def _up_to_first_plural(group: tuple[str, ...]) -> tuple[str, ...]:
    """The group up to its first plural, behind which a verb may stand: "what components raise …"."""
    return group[: next((i for i, noun in enumerate(group, 1) if is_plural(noun)), len(group))]


def _up_to_last_plural(group: tuple[str, ...]) -> tuple[str, ...]:
    """What "how many" counts, without the verb behind it: "miners" of "miners work", "arms dealers"."""
    return group[: next((i for i in range(len(group), 0, -1) if is_plural(group[i - 1])), len(group))]


def _noun_group(words: list[str], start: int = 0) -> tuple[str, ...]:
    """The content words of the noun group that begins at a word of a list: up to four."""
    group: list[str] = []
    for i in range(start, len(words)):
        word = words[i]
        if len(group) == _MAX_FOCUS_WORDS or word in AUXILIARIES or word in PREPOSITIONS or word in QUESTION_WORDS:
            break
        if group and (word in STOP_WORDS or word.endswith("ed")):
            break
        if word not in _ARTICLES and word not in STOP_WORDS:
            group.append(word)
        elif word not in _ARTICLES and not group and word not in _QUANTIFIERS:
            break
    return tuple(group)
