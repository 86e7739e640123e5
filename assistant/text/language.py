"""stub"""
def language_note(text: str) -> str | None:
    return None
