"""Says when a text is clearly not English, which is all that the bundled embedder knows.

A rule of letters and small words, which needs no model: a text is called foreign only on good evidence,
so tables, lists of names, code and short texts are not.
"""

import re

from assistant.nlp.tokens import word_set

NOT_ENGLISH_NOTE = (
    "not in English, it seems: the bundled embedder knows English only, so search will be poor; "
    "set ASSISTANT_EMBEDDING to a multilingual model"
)
_SAMPLE = 5_000  # characters looked at
_LETTERS = 40  # fewer say nothing
_WORDS = 20  # fewer say nothing
_SHARE = 0.1  # of all words: more foreign ones than this make a text foreign; .08 to .15 measured alike

_ENGLISH = word_set(
    """
    the of and to in a is that for it as was with be by on not he his but at are this have from or had
    an they which one you were all her she there would their we him been has when who will no more if
    out so what up its about into than them can only other time could these two may then do
    """
)
# Articles, pronouns, prepositions and forms of "be" in twenty languages.
_FOREIGN = word_set(
    """
    le la les des du une et est dans que qui pour pas sur avec ce il elle nous vous sont par plus aux ou
    cette ne être
    der die das und ist nicht ein eine einen dem den von zu mit sich auf für auch es ich sie wird sind
    oder bei einer werden
    el los las un y en por con para una su al lo como más pero sus este ya o cuando muy sin sobre ser
    os um uma não em da na dos ao mais foi são você seu sua pela pelo ele à é esta
    gli di che è non per sono della nel alla anche più come ha questo questa del dei delle si
    het een van niet zijn deze voor met aan er ook maar dat wordt naar bij uit te als
    och att det som på av är med inte till har ett kan från vi eller jag
    og ikke til af jeg må skal å vil fra blir ved
    i w nie się z jest że jak ale po dla lub są przez jego od
    je v se že s ve jsou pro tento která nebo být není ze které
    și în nu cu sunt pe care din pentru sau mai fi acest această să ca
    ja ei että olla tai kun mutta hän ovat jos voi ole tämä
    és az egy nem hogy ez meg csak vagy de kell lehet
    bir bu için ile değil olarak daha çok olan gibi veya bunu şu mi
    yang dan ini itu dengan untuk tidak dari dalam akan pada adalah atau ke oleh
    của và là các có được cho không một trong với này người đã những
    """
)
_WORD = re.compile(r"[^\W\d_]+")


def language_note(text: str) -> str | None:
    """A note for a document that is clearly not in English, else None; reads the first 5,000 characters.

    Measured on 1,043 texts of about 150 words in 90 languages: 95% noted; on 7,000 English texts, lists of
    names, tables and code: none noted.
    """
    words = _WORD.findall(text[:_SAMPLE])
    letters = "".join(words)
    if len(letters) < _LETTERS:
        return None
    if 2 * sum(map(_is_latin, letters)) < len(letters):
        return NOT_ENGLISH_NOTE
    if len(words) < _WORDS or 2 * sum(map(str.islower, words)) < len(words):
        return None  # short, or a list of names
    foreign = [word for word in words if _is_foreign(word)]
    english = sum(word.lower() in _ENGLISH for word in words)
    enough = len(foreign) > _SHARE * len(words) and len(set(foreign)) > 3
    return NOT_ENGLISH_NOTE if enough and len(foreign) > 2 * english else None


def _is_foreign(word: str) -> bool:
    """A small word of another language, or an accent in a word that is no name."""
    return word.lower() in _FOREIGN or (word.islower() and not word.isascii())


def _is_latin(letter: str) -> bool:
    return letter < "\u0250" or "\u1e00" <= letter < "\u1f00"
