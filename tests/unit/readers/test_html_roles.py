"""Whose words the parts of a web page hold: the text's own, or menus, teasers, contents, references."""

import pytest

from assistant.readers.web.html import read_html
from tests.support.files import page

RAILWAY = (
    "The branch line to the mill was opened in 1904 to carry flax, and it has carried visitors since 1972, when the "
    "last of the spinning mills was closed and a society of volunteers took over the line. The society has 212 members."
)
LINKS = "<li><a href=/a>Fares</a><li><a href=/b>Times</a><li><a href=/c>Club</a>"


def roles(body: str) -> dict[str, str]:
    """The role of each block of a page by its words."""
    document = read_html(page(body), 10**6)
    return {document.text[block.start : block.end]: block.role for block in document.blocks}


@pytest.mark.parametrize(
    ("around", "role"),
    [
        (f"<nav><ul>{LINKS}</ul></nav>", "navigation"),
        (f"<ul>{LINKS}</ul>", "navigation"),
        (f"<div class=site-menu><ul>{LINKS}</ul></div>", "navigation"),
        (f"<header><p>Mill Railway</p><ul>{LINKS}</ul></header>", "header"),
        (f"<div role=contentinfo><p>Mill Society</p><ul>{LINKS}</ul></div>", "footer"),
        (f"<aside><h2>More</h2><ul>{LINKS}</ul></aside>", "navigation"),
        (f"<nav id=toc><ul>{LINKS}</ul></nav>", "contents"),
        ("<ul><li><a href='#a'>Fares</a><li><a href='#b'>Times</a><li><a href='#c'>Club</a></ul>", "contents"),
        ("<div class='related-links'><p><a href=/x>The other line</a></p></div>", "navigation"),
    ],
)
def test_what_stands_around_the_text_says_what_it_is(around: str, role: str) -> None:
    """It is kept with its role, and the text beside it is body."""
    found = roles(f"{around}<h1>The mill line</h1><p>{RAILWAY}</p>")
    assert found.pop(RAILWAY) == found.pop("The mill line") == "body"
    assert set(found.values()) == {role}


def test_lists_of_links_in_the_text_are_body() -> None:
    """Below a heading a list of links is what the page has to say."""
    assert set(roles(f"<h1>Papers</h1><p>{RAILWAY}</p><ul>{LINKS}</ul>").values()) == {"body"}


def test_what_stands_beside_the_main_part_is_around_it() -> None:
    """Short lines outside the main element are none of the text; running text there is."""
    found = roles(
        f"<div>Welcome back</div><div><p>{RAILWAY}</p></div><main><h1>Line</h1><p>{RAILWAY} Indeed.</p></main>"
    )
    assert found == {"Welcome back": "navigation", RAILWAY: "body", "Line": "body", f"{RAILWAY} Indeed.": "body"}


def test_an_aside_in_an_article_is_part_of_it() -> None:
    """A box in the article is read; one beside it is not the article's."""
    found = roles(f"<article><h1>Line</h1><p>{RAILWAY}</p><aside><p>Dogs ride free.</p></aside></article>")
    assert found["Dogs ride free."] == "body"


def test_references_are_called_so() -> None:
    """Lists of references have their role, also where each is a note."""
    html = (
        f"<h1>Line</h1><p>{RAILWAY}<sup><a href='#c1'>[1]</a></sup></p><ol class=references><li id=c1>Bell 1911.</ol>"
    )
    assert roles(html)["¹ Bell 1911."] == "bibliography"


def test_a_name_on_a_wrapper_of_the_page_says_nothing() -> None:
    """A class that sounds like furniture on most of a page is about its layout."""
    assert set(roles(f"<div class=has-sidebar><p>{RAILWAY}</p><p>{RAILWAY} Indeed.</p></div>").values()) == {"body"}


def test_a_page_of_nothing_else_is_body() -> None:
    """Where all of a page is furniture by its tags, it is its text."""
    assert roles("<footer><p>Closed until May.</p></footer>") == {"Closed until May.": "body"}


def test_the_number_at_the_end_of_a_printed_page_is_a_page_number() -> None:
    """A number alone before a page's end, as reports have it that were made for print."""
    html = f"<p>{RAILWAY}</p><p>- 17 -</p><hr style='page-break-after: always'><p>{RAILWAY} Indeed.</p><p>1904</p>"
    found = roles(html)
    assert (found["- 17 -"], found["1904"]) == ("page_number", "body")


def test_furniture_is_bounded() -> None:
    """Menus of any size leave the text as it is, and only so much of them is kept."""
    document = read_html(page("<nav>" + "<p>entry of a menu</p>" * 20_000 + f"</nav><p>{RAILWAY}</p>"), 10**7)
    assert document.text.endswith(RAILWAY)
    assert len(document.text) < 100_000


def test_a_small_box_whose_heading_only_leads_on_is_around_the_text() -> None:
    """A box below "Discover" holds no statement of the page; in an article it may."""
    box = "<section><h2>Discover</h2><p>Evening classes in weaving, from 29 a month.</p></section>"
    article = f"<article><h1>Line</h1><p>{RAILWAY}</p>{{inside}}</article>"
    assert "navigation" == roles(article.format(inside="") + box)["Evening classes in weaving, from 29 a month."]
    assert "body" == roles(article.format(inside=box))["Evening classes in weaving, from 29 a month."]
