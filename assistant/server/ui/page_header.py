"""The page's masthead and its notices as HTML. Pure; all text is escaped."""

from assistant.rendering.html import Html, tag


def render_masthead(logged_in_user: str | None) -> Html:
    """The top of the page.

    Args:
        logged_in_user: the name beside the button that logs out; None where nobody has to log in.
    """
    log_out = []
    if logged_in_user is not None:
        button = tag("button", "Log out", type="submit", class_="quiet")
        log_out = [tag("form", tag("span", logged_in_user), button, method="post", action="/logout")]
    tagline = tag("p", "Answers from your documents, each sentence checked against its source")
    return tag("header", tag("h1", "Assistant"), tagline, *log_out)


def render_notice(text: str) -> Html:
    """A sentence that says what went wrong."""
    return tag("p", text, class_="failure", role="alert")
