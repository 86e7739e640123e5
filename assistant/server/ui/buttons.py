"""Buttons in the HTML that Python writes: the page's script reads from their data attributes what they do."""

from assistant.rendering.html import Html, join_html, tag


def action_button(label: str, action: str, *, class_: str = "quiet", **attributes: object) -> Html:
    """A button that triggers an action of the page.

    Args:
        label: its text.
        action: an action of ``static/page.js``: an event that Python listens to, or one that the script does itself.
        class_: its CSS classes.
        attributes: ``aria_…`` as they are; every other one is data that the event carries.
    """
    named = {name if name.startswith("aria_") else f"data_{name}": str(value) for name, value in attributes.items()}
    return tag("button", label, type="button", class_=class_, data_do=action, **named)


def confirmed_button(label: str, subject: str, question: str, action: str, target_id: str) -> Html:
    """A button that asks for confirmation first.

    Args:
        label: what it does, as in "Delete".
        subject: the title of what it does that to.
        question: what is asked before.
        action: what a yes triggers.
        target_id: the id of the subject.
    """
    yes = action_button(f"Yes, {label.lower()}", action, id=target_id, class_="danger")
    no = action_button("No", "keep")
    confirmation = tag("span", question, " ", yes, no, class_="doubt", hidden=True)
    return join_html((action_button(label, "doubt", aria_label=f"{label} {subject}"), confirmation))
