"""Text of other people inside Markdown: titles, notes, names of layers and classes, sentences that contain them.

Pages are written in Streamlit's Markdown, in which text can be a link, a picture from anywhere, an icon, a formula. The
two functions here let it be nothing but text.
"""

import re

APART = "\u2060"  # the word joiner: no width, no line break

# Special wherever they stand; an underscore only at the edge of a word, & only where it begins an entity.
_SPECIAL = re.compile(r"[\\`*\[\]<$~#{}]|(?<![^\W_])_|_(?![^\W_])|&(?=[#\w])")
_LEADING = re.compile(r"[-+>=]|\d{1,9}(?=[.)])")  # lists, quotes, rules
# Streamlit and its Markdown look for these in the text that is left after escapes are resolved: icons, emoji, colours;
# addresses of pages and of people.
_FOUND_LATER = re.compile(r":(?=\S)|@(?=\S)|(?<=www)(?=\.)", re.IGNORECASE)


def as_text(text: str) -> str:
    """Markdown that shows a text as it is, in one line; line breaks become spaces."""
    line = " ".join(text.split())
    escaped = _SPECIAL.sub(r"\\\g<0>", line)
    escaped = _LEADING.sub(_escape_leading, escaped, count=1) if _LEADING.match(escaped) else escaped
    return _FOUND_LATER.sub(rf"\g<0>{APART}", escaped)


def as_code(text: str) -> str:
    """Markdown that shows a text as code, in one line; line breaks become spaces."""
    line = " ".join(text.split())
    line = line.replace(":material/", f":{APART}material/")  # replaced before anything is read as Markdown
    longest = max((len(run) for run in re.findall("`+", line)), default=0)
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{'`' * (longest + 1)}{pad}{line}{pad}{'`' * (longest + 1)}"


def as_quote(text: str) -> str:
    """Markdown that shows a text as a quotation, with its line breaks."""
    return "\n".join(f"> {as_text(line)}  " if line.strip() else ">" for line in text.splitlines())


def _escape_leading(found: re.Match[str]) -> str:
    """A digit cannot be escaped, what follows it can."""
    return f"{found[0]}\\" if found[0].isdigit() else f"\\{found[0]}"
