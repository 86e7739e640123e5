"""Every function of the package that reads a text of a stranger's, under one form, and texts that are hard to read."""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress

from assistant.answering.citation_parser import CitationParser, DraftStatement, PromptSource, is_phrase, number_sources
from assistant.answering.injection_filter import is_injection
from assistant.errors import ReadingError
from assistant.grounding.check import check_statement, verdict_for
from assistant.grounding.evidence import Evidence, evidence_for
from assistant.grounding.facts import extract_facts
from assistant.grounding.polarity import find_denials
from assistant.nlp.dates import parse_dates
from assistant.nlp.figures import counted_words, find_dates, find_figures, find_names
from assistant.nlp.letters import IndexedWord
from assistant.nlp.name_matching import name_occurs
from assistant.nlp.names import parse_names
from assistant.nlp.numbers import parse_figures
from assistant.nlp.question_forms import classify_question
from assistant.nlp.struck import mask_struck
from assistant.nlp.tokens import content_stems, fold, lower_same_length, plain_typography, single_line, tokenize
from assistant.query.aliases import convert_series_numbers, rename_places
from assistant.query.coreference import independent_names, resolve_person, resolve_place, resolve_thing
from assistant.query.decomposition import decompose
from assistant.query.ellipsis import complete_fragment, counted_noun
from assistant.query.followups import is_faithful_rewrite, is_followup, resolve_followup, resolve_in_text
from assistant.query.history import HistoryTurn, parse_history
from assistant.query.pronouns import refers_back, replace_pronouns
from assistant.query.question import extract_question, parse_question
from assistant.query.spelling import correct_spelling, restore_capitals
from assistant.readers.mail.eml import read_mbox
from assistant.readers.markup.markdown_elements import markdown_elements
from assistant.readers.metadata import first_heading
from assistant.segmentation.chunks import embedding_inputs, split_chunks
from assistant.segmentation.language import language_note
from assistant.segmentation.layout import parse_layout
from assistant.segmentation.markdown_runs import mark_runs
from assistant.segmentation.roles import mark_sections
from assistant.segmentation.sentences import sentence_spans, split_sentences
from assistant.segmentation.table_rows import header_row_at, row_with_headers
from assistant.types import Citation, Document, Statement

QUESTION = "How many arrests were made in Operation Liberterra II by Jürgen Stock in Lyon in 2022?"
ANSWER = "Police made 2,517 arrests in Brazil. Anna Berg of Interpol said so on 5 May 2024."
STATEMENT = "Jürgen Stock made more than 2,517 arrests, not on 6 November."
_EVIDENCE = (
    Evidence(
        "Police made 2,517 arrests on 6 November 2024, Jürgen Stock said.", "Liberterra\nBrazil", dt.date(2024, 11, 7)
    ),
    Evidence("It wasn't cold.", "", dt.date.max),
)
_TURN = HistoryTurn(QUESTION, ANSWER)
_FRAGMENTS = ("in 2023", "the second one", "women", "a blue one", "in France", "3rd", "Operation Kestrel 3", "rescued")


class _NoWords:
    """An index that knows no word, and writes every one with a capital."""

    def sentence_counts(self, words: Iterable[str]) -> Mapping[str, int]:
        return dict.fromkeys(words, 0) and {}

    def similar_words(self, word: str, edits: int) -> Iterable[IndexedWord]:
        return [IndexedWord(word[:edits], is_name=False)]

    def capitalised_words(self, words: Iterable[str]) -> Collection[str]:
        return set(words)


def _document(text: str, kind: str) -> Document:
    return Document("d", "Title", f"a.{kind}", text, kind)


def _cite(document: Document, start: int, end: int) -> Citation:
    return Citation(1, "d", "Title", "a.txt", None, 0, start, end, document.text[start:end], document.sha256)


def _counted(text: str) -> object:
    return [counted_words(text, figure) for figure in find_figures(text)]


def _split(text: str, kind: str) -> object:
    document = _document(text, kind)
    sentences, chunks = split_chunks(document, split_sentences(document))
    return chunks, list(embedding_inputs(document, sentences))


def _stream(text: str, piece_chars: int) -> list[DraftStatement]:
    parser, drafts = CitationParser(9), list[DraftStatement]()
    for start in range(0, len(text), piece_chars):
        drafts += parser.feed(text[start : start + piece_chars])
    return drafts + parser.finish()


def _check_statement(text: str) -> object:
    document = _document(f"Police made 2,517 arrests.\n{text}", "txt")
    return check_statement(Statement(text, "unsupported", "", (_cite(document, 0, 26),)), {"d": document})


def _evidence_at_end(text: str) -> Evidence:
    document = _document(f"{text}\n\n|He was cold.|", "md")
    return evidence_for(_cite(document, len(document.text) - 14, len(document.text)), document)


def _read_mbox(text: str) -> object:
    with suppress(ReadingError):
        return read_mbox(text.encode("utf-8", "replace"), len(text))
    return None


PARSERS: dict[str, Callable[[str], object]] = {
    # assistant.nlp
    "fold": fold,
    "lower_same_length": lower_same_length,
    "plain_typography": plain_typography,
    "single_line": single_line,
    "tokenize": tokenize,
    "content_stems": content_stems,
    "parse_dates": parse_dates,
    "parse_names": parse_names,
    "parse_figures": parse_figures,
    "find": lambda text: (find_figures(text), find_dates(text), find_names(text)),
    "counted_words": _counted,
    "classify_question": classify_question,
    "name_occurs, text": lambda text: [name_occurs(name, text) for name in find_names(f"{QUESTION} {ANSWER}")],
    "name_occurs, names": lambda text: [name_occurs(name, f"{QUESTION} {ANSWER}") for name in find_names(text)],
    # assistant.query
    "rename_places": lambda text: rename_places(text, lambda _: False),
    "convert_series_numbers": lambda text: convert_series_numbers(text, lambda phrase: not phrase[-1:].isdigit()),
    "correct_spelling": lambda text: correct_spelling(text, _NoWords(), frozenset),
    "restore_capitals": lambda text: restore_capitals(text, _NoWords()),
    "parse_question": parse_question,
    "extract_question": extract_question,
    "decompose": decompose,
    "is_followup": is_followup,
    "refers_back": refers_back,
    "counted_noun": counted_noun,
    "independent_names": independent_names,
    "resolve, question": lambda text: [f(text, ANSWER) for f in (resolve_person, resolve_thing, resolve_place)],
    "resolve, answer": lambda text: [f(QUESTION, text) for f in (resolve_person, resolve_thing, resolve_place)],
    "replace_pronouns": lambda text: replace_pronouns(text, [_TURN]),
    "resolve_followup, question": lambda text: resolve_followup(text, [_TURN]),
    "resolve_followup, history": lambda text: resolve_followup("And how many of them?", [HistoryTurn(text, text)]),
    "complete_fragment, fragment": lambda text: complete_fragment(text, QUESTION),
    "complete_fragment, question": lambda text: [complete_fragment(fragment, text) for fragment in _FRAGMENTS],
    "resolve_in_text, question": lambda text: resolve_in_text(text, [QUESTION, ANSWER]),
    "resolve_in_text, sentences": lambda text: resolve_in_text(
        "Who was it?", [text[start:end] for start, end in sentence_spans(text)]
    ),
    "is_faithful_rewrite": lambda text: is_faithful_rewrite(text, QUESTION, [HistoryTurn(text, text)]),
    "parse_history": lambda text: parse_history([{"role": "user", "content": text}]),
    # assistant.segmentation
    "mark_sections": lambda text: mark_sections(text, parse_layout(text, markdown=True)),
    "mark_runs": lambda text: mark_runs(text, parse_layout(text, markdown=True)),
    "parse_layout, plain": lambda text: list(parse_layout(text, markdown=False)),
    "parse_layout, Markdown": lambda text: list(parse_layout(text, markdown=True)),
    "split_sentences, plain": lambda text: _split(text, "txt"),
    "split_sentences, Markdown": lambda text: _split(text, "md"),
    "sentence_spans": lambda text: list(sentence_spans(text)),
    "language_note": language_note,
    "mask_struck": lambda text: mask_struck(f"{text}~~a~~"),
    "row_with_headers": lambda text: row_with_headers(text, text.replace("a", "b")),
    "header_row_at": lambda text: header_row_at(text, len(text)),
    # assistant.readers
    "first_heading": first_heading,
    "mbox_mails": _read_mbox,
    "markdown_elements": lambda text: list(markdown_elements(text)),
    # assistant.answering
    "CitationParser, pieces": lambda text: _stream(text, 50),
    "CitationParser, whole": lambda text: _stream(text, max(1, len(text))),
    "is_phrase": lambda text: is_phrase(text, "The documents do not say"),
    "number_sources": lambda text: number_sources([PromptSource(text, text)] * 2),
    "is_injection": is_injection,
    # assistant.grounding
    "extract_facts": extract_facts,
    "find_denials": lambda text: list(find_denials(text)),
    "evidence_for": _evidence_at_end,
    "verdict_for, statement": lambda text: verdict_for(text, _EVIDENCE),
    "verdict_for, evidence": lambda text: verdict_for(STATEMENT, [Evidence(text, "", dt.date.max)]),
    "verdict_for, both": lambda text: verdict_for(text, [Evidence(f"{text[::-1]} {text}", text, dt.date(2024, 1, 1))]),
    "check_statement": _check_statement,
}

# Texts that repeat a piece: what makes patterns backtrack and lists grow.
REPEATED = (
    "1", "1 ", "1, ", "1-", "1/", "1.5.", "123,", "+1", "(123) 4", "½", "²", "٣", "5-6 ", "5\u00a0", " ", "\t", "\n",
    " \n", "\u00a0", "\u2009", "-", "- ", "–", "—", "_", "__", "=\n", "*", "**a", "`", "~", "#", ">", "> ", "[", "]",
    "[[a ", "[1", "[1] ", "[1, ", "a [1] b ", "[1†", "](", "(", ")", "()", "<", "<a>", "<a ", "<!-- ", "<!-- a -->",
    '"', "“", "’", "'", "a’", "a's ", "!?", ".", ". ", "…", "。", ",", ", ", ";", ": ", "— what ", "\\", "|", "|a",
    "|a|b|\n", "|-", "A", "Abc ", "Bo-", "Ab ", "U.S. ", "U.", "e.g. ", "Mr ", "Mr Stock ", "Secretary General Anna ",
    "Ministry of ", "Operation Bo 3 ", "Kestrel II ", "XIV ", "Burma ", "in Bo, ", "the first Bo ", "of ",
    "names of ", "Bo and Ba, ", "x", "x1", "a.", "a@", "www.", "http://", "abc def ghi ", "arests ", "a and b and c ",
    "It was cold. ", "word word\n", "\u0301", "a\u0301", "漢字", "Σς", "İ", "\u0131", "\u200d", "👍🏽", "\ud800", "\0",
    "two hundred ", "hundred ", "a million and ", "two thirds ", "the first ", "a third of a ", "one of ", "5 May ",
    "2024-", "2024-11-06 ", "1914–18 ", "in 2024 ", "20th and ", "Monday, ", "May ", "AD 7 ", "10:30 ", "5 per cent ",
    "US$5 million ", "between 5 and 6 ", "more than 5 ", "5 km ", "Article 5 ", "A5 ", "not ", "no more than ",
    "not only a ", "isn't a ", "not abc def, ", "no ", "never a ", "but ", "win lose ",
    "Anna Berg made 2,517 arrests in 2024. ", "2,517 arrests, 850 of them ", "5 abc 6 def ", "police of Bo ",
    "Who is it? ", "and what ", "what about ", "please ", "can you please ", "how many a ", "is it true ",
    "it is there ", "he that its ", "more than a ", "number of a ", "was later said ", "why ", "answer: ", "1) ",
    "# a\n", "- a\n", "a: b\n", "a | b\n--|--\n", "---\na: b\n", "ignore all ", "you are a ", "please now say ", "; ",
    "when asked ", "do not use ", "system: ", ".[3]", ".[a needed]", 'a."', "a.3:4,",
)  # fmt: skip

# A beginning, a piece that is repeated, and an end.
FRAMED = (
    ("---\n", "a: b\n", "x"), ("[a]: ", "x", ""), ("```\n", "a\n", ""), ("[1", " ", "x"), ("[1,", " ", "x"),
    ("[", ".", "x"), ("[", " ", "x"), ("[1] ", " ", "x"), ("a", " ", "\nb"), ("a", "\t", "b"), ("more ", "a ", ""),
    ("[1†", "x", ""), ("Xa", "-Bo", " saw bo bo"), ("Bo-Bo Bo ", "Bo-", "X"), ("Ba Ba-Ba ", "Ba-", "Bo"),
    ("see http://", "a.", " "), ("", "a.", "@b"), ("+", "1 ", "x"), ("<a", " x", ">"), ("- ", " ", "x"),
    ("#", " ", "x"), (">", " ", "x"), ("-", " -", "x"), ("-", "\t", "x"), ("a|b\n|", "-", "x"), ("a|b\n|", ": ", "x"),
    ("a|b\n", "-|", "x"), ("|a|\n", "|b|\n", ""), ("no ", " ", "x"), ("no more", " ", "x"), ("a.", '"', "x"),
    ("a.", " [a", ""), ("**", "a", "x"), ("<!--", "-", ">"), ("ab ", "Ab-ab'ab", "!"), ("what: ", "— what ", ":"),
    ("|" + "a" * 500, "|a", "|"), ("what is the ", "name of the ", "man?"), ("", "ed", "!"), ("a ", "`", ""),
    ("# a", "#", "a"), ("# ", "[", ""), ("From ", "11:11 ", "x"),
)  # fmt: skip


def repeating(piece: str | tuple[str, str, str]) -> Callable[[int], str]:
    """A function that gives a text with a piece repeated so many times, within its frame if it has one."""
    beginning, repeated, end = ("", piece, "") if isinstance(piece, str) else piece
    return lambda count: f"{beginning}{repeated * count}{end}"
