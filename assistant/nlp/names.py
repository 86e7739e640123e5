"""The proper names in a text: runs of capitalised words, by simple rules. English.

A sentence's first word has a capital anyway: alone it is taken for a name only if it is in no closed class,
isn't a common opener (a short list below) and hasn't the ending of a common word. Titles and roles before a
name are left out, and part what stands around them: "Interpol Secretary General Jürgen Stock" gives
"Interpol" and "Jürgen Stock". In a text all in capitals, capitals say nothing and no name is read.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from assistant.nlp.number_words import NUMBER_WORDS
from assistant.nlp.spans import Span, overlapping
from assistant.nlp.tokens import STOP_WORDS, fold, lower_same_length, word_set
from assistant.nlp.units import CAPITAL_LABELS, LABELS


@dataclass(frozen=True, slots=True)
class Name:
    """A proper name. Two names are equal when their keys are: folded, without points, hyphens made spaces."""

    key: str
    start: int = field(compare=False)
    end: int = field(compare=False)
    text: str = field(compare=False)


class _Token(NamedTuple):
    text: str
    low: str
    start: int
    end: int
    capital: bool  # at its head, or anywhere in a word like d’Ivoire, al-Qaeda or iPhone


_TOKEN = re.compile(
    r"(?:[^\W\d_]\.){2,}|[^\W_](?:[\w\u0300-\u036f])*(?:['’&][^\W\d_][\w\u0300-\u036f]*|[-\u2011][^\W_][\w\u0300-\u036f]*)*"
)
_POSSESSIVE = re.compile(r"['’][sS]$")
_TAIL = re.compile(
    r"[-\u2011](?:led|based|born|backed|wide|style|related|owned|funded|speaking|made|run|era|like|linked)$"
)
_STARTS = re.compile(r"(?:^|[.!?…:][\"”’')\]]*\s|[\n|•\"“‘])[\s\"“‘'(\[*#>•|–—-]*$")
_NUMBER = re.compile(r"\d+(?:/\d+)*(?:[.]\d+)?$")
_JOINERS = word_set(
    "of de del della da do dos das du des di la le les van der von zu den ten bin ibn al el y e sur sous the"
)
_HEADS = word_set("of de von van di da del du bin ibn sur")  # may begin a chain of joiners
_BODIES = word_set(
    "office ministry department centre center agency institute organisation organization committee "
    "council fund foundation commission commissioner society association programme program "
    "convention protocol act day court bureau task conference group union coalition directorate "
    "secretariat partnership"
)
# Behind these "of" goes on with the name: "Republic of Korea", but "Jürgen Stock" of "Germany".
_OF = _BODIES | word_set(
    "republic kingdom university college school academy museum church cathedral house houses chamber bank "
    "board battle siege treaty declaration statute bill law gulf bay cape isle coast city state states "
    "duchy empire principality province county district region court order league army assembly "
    "parliament president duke earl king queen prince lord bishop archbishop pope people tower temple "
    "statue book history music art arts international war wars report journal faculty institution "
    "institutes ministries chief head"
)
_BODY_JOINERS = word_set("for on against")
_TITLES = word_set(
    "mr mrs ms miss mx dr prof professor sir dame madam mme president minister chancellor senator "
    "governor mayor captain colonel lieutenant sergeant inspector superintendent commissioner "
    "ambassador director secretary chairman chairwoman spokesperson spokesman spokeswoman detective "
    "attorney ceo"
)
_ROLE_PARTS = word_set("general chief executive vice deputy prime first foreign interior acting former assistant")
_NOT_NAMES = word_set(
    "i i'm i've i'll i'd i’m i’ve i’ll i’d ok tv am pm a.m. p.m. mr mrs ms dr prof sir e.g. i.e. etc vs"
)
_OPENERS = word_set(
    "police officers officials authorities investigators prosecutors people victims migrants women "
    "men children minors workers experts scientists researchers students teachers doctors critics "
    "supporters residents citizens countries nations governments states members others traffickers "
    "smugglers criminals suspects operation operations countries cases figures results data reports "
    "research studies evidence analysis information details news article articles chapter section "
    "table figure note notes source sources example examples human online forced sexual criminal "
    "organised organized international global national local public private social political "
    "economic military legal financial common similar different recent early late modern ancient new "
    "old large small major minor high low long short first last next final main total average nearly "
    "almost about around approximately roughly some under over according based compared given "
    "following despite due starting using including during today yesterday tomorrow currently "
    "recently later earlier soon often sometimes usually perhaps maybe indeed overall instead "
    "otherwise likewise similarly additionally finally eventually initially originally generally "
    "typically historically traditionally unfortunately consequently please thank thanks see read "
    "discover subscribe share click follow sign join contact back home help yes no not never none "
    "nobody nothing someone anyone everyone one two work working life war peace law court money drug "
    "drugs food water air fire earth time times year years month months week weeks day days night "
    "part parts type types form forms process method methods system systems group groups team teams "
    "school schools company companies business city cities town towns village area areas region "
    "regions land river sea steam energy power light heat gas oil oxygen carbon iron gold silver "
    "plants animals birds fish cells trees music art language words children parents families family "
    "friends leaders teachers players fans trade market prices sales revenue profit growth costs "
    "taxes income health care disease patients symptoms treatment education science history culture "
    "religion inertia force forces imperialism colonialism summary question answer background "
    "conclusion topics"
)
_ADVERBS = word_set(
    "yesterday today tomorrow currently recently later earlier soon often sometimes usually perhaps "
    "maybe indeed overall instead otherwise rather finally eventually initially originally unfortunately "
    "additionally similarly according including using following given nearly almost approximately "
    "roughly no not never yes please thank thanks"
)
_SURE = word_set("italy sicily emily kelly billy beijing nanjing boeing reading stirling fleming wedding trinity")
_ABBREVIATED = word_set("st mr mrs ms dr prof sr jr lt col gen mt fr sgt capt no rev hon")
_LONGEST = 14  # words in a name

_COMMON_ENDING = re.compile(
    r"(?:[a-z]{3}(?:ing|ed|ly|tions?|sions?|ments?|ness|ity|ities|ally|ously|wards?|ful|less|ology|isms?|ists?))$"
)


def parse_names(text: str, taken: Iterable[Span] = ()) -> tuple[Name, ...]:
    """The names of a text in reading order, none that meets a ``taken`` span (a date)."""
    if text == text.lower():
        return ()
    low = lower_same_length(text)
    tokens = list(_tokens(text, low))
    if _shouted(tokens):
        return ()
    meets = overlapping(taken)
    lower = {token.text for token in tokens if not token.capital}
    found: list[Name] = []
    i = 0
    while i < len(tokens):
        token = tokens[i]
        if not token.capital or (token.low in _NOT_NAMES and token.low not in _TITLES) or meets(token.start, token.end):
            i += 1
            continue
        end = _run_end(text, tokens, i, meets)
        initial = bool(_STARTS.search(text, max(0, token.start - 8), token.start))
        if initial and i and tokens[i - 1].low in _ABBREVIATED:
            initial = False
        stripped = (_stripped(part, initial and part[0] is token, lower) for part in _parts(tokens[i:end]))
        found.extend(_name(text, part) for part in stripped if part)
        i = end
    return tuple(found)


def _tokens(text: str, low: str) -> Iterator[_Token]:
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        written, small = match[0], low[start:end]
        yield _Token(written, small, start, end, written != small and written[0].isalpha())


def _shouted(tokens: list[_Token]) -> bool:
    long = [token.text for token in tokens if len(token.text) > 2 and token.text[0].isalpha()]
    return len(long) > 3 and sum(map(str.isupper, long)) > 0.6 * len(long)


def _run_end(text: str, tokens: list[_Token], i: int, meets: Callable[[int, int], bool]) -> int:
    """The index behind the run of words that begins at ``i`` and may be one name."""
    body, end = False, i + 1
    while end < min(len(tokens), i + _LONGEST):
        last = tokens[end - 1]
        body = body or last.low in _BODIES
        if last.text[0].isdigit() or _POSSESSIVE.search(last.text) or not _adjoin(text, last, tokens[end]):
            break
        following = tokens[end]
        labelled = (last.low in LABELS or last.text in CAPITAL_LABELS) and _NUMBER.match(following.text)
        if labelled or (following.capital and following.low != "i" and not meets(following.start, following.end)):
            end += 1
            continue
        at = end
        if (following.low in _HEADS and (following.low != "of" or last.low in _OF or _ending(last.low))) or (
            body and following.low in _BODY_JOINERS
        ):
            at += 1
            while at < min(len(tokens), end + 3) and tokens[at].low in _JOINERS and not tokens[at].capital:
                at += 1
        elif body and following.low == "and" and tokens[end - 2].low in _BODY_JOINERS | {"of"}:
            at += 1  # "Office on Drugs and Crime", but not "Agency of the United Kingdom and Interpol"
        reached = end < at < len(tokens) and tokens[at].capital and not meets(tokens[at].start, tokens[at].end)
        if not reached or not all(_adjoin(text, tokens[k], tokens[k + 1]) for k in range(end, at)):
            break
        end = at + 1
    return end


def _adjoin(text: str, left: _Token, right: _Token) -> bool:
    gap = text[left.end : right.start]
    if gap in (" ", "\u00a0", " & "):
        return True
    return gap in (". ", ".") and (len(left.text) == 1 or left.low in _ABBREVIATED)


def _parts(run: list[_Token]) -> Iterator[list[_Token]]:
    """What is left of a run when the titles and roles are cut out; "Ministry of Justice" stays whole."""
    dropped = [token.low in _TITLES and (k == 0 or run[k - 1].capital) for k, token in enumerate(run)]
    for k, token in enumerate(run):
        beside = (k > 0 and run[k - 1].low in _TITLES) or (k + 1 < len(run) and run[k + 1].low in _TITLES)
        dropped[k] = dropped[k] or (beside and token.low in _ROLE_PARTS)
    part: list[_Token] = []
    for token, drop in zip(run, dropped, strict=True):
        if drop:
            if part:
                yield part
            part = []
        else:
            part.append(token)
    if part:
        yield part


def _stripped(part: list[_Token], initial: bool, lower: set[str]) -> list[_Token]:
    """The part without the common words at its head and its tail; empty where nothing is left of it."""
    while part:
        first = part[0]
        acronym = len(first.text) > 1 and first.text.isupper()
        joined = len(part) > 1 and part[1].text[0].isalpha() and not part[1].capital
        if (
            not first.capital
            or (first.low in STOP_WORDS and not acronym)
            or (initial and (first.low in NUMBER_WORDS or first.low in _ADVERBS))
            or (initial and not acronym and (len(part) == 1 or joined) and _common(first, lower))
        ):
            part = part[1:]
        else:
            break
        initial = False
    if len(part) == 1 and (part[0].low in _NOT_NAMES or (len(part[0].text) == 1 and part[0].text.isalpha())):
        return []
    while part and not part[-1].capital and not part[-1].text[0].isdigit():
        part = part[:-1]
    return part


def _common(token: _Token, lower: set[str]) -> bool:
    low = token.low
    if low in _SURE or any(c.isupper() for c in token.text[1:]):
        return False
    return low in _OPENERS or low + "s" in _OPENERS or low in lower or _ending(low)


def _ending(low: str) -> bool:
    return bool(_COMMON_ENDING.search(low)) and low not in _SURE


def _name(text: str, part: list[_Token]) -> Name:
    start, end = part[0].start, part[-1].end
    written = text[start:end]
    for ending in (_POSSESSIVE, _TAIL):
        written = ending.sub("", written)
    key = " ".join(fold(written).replace(".", "").replace("-", " ").replace("\u2011", " ").split())
    return Name(key, start, start + len(written), written)
