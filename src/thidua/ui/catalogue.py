"""Message catalogues without GNU gettext: English messages are collected from Python and templates of each room.

Every room keeps its Vietnamese in ``<room>/locale/vi/LC_MESSAGES/django.po``. ``extract`` keeps what is translated and
drops what is no longer used; ``check`` names every message that a reader would see in English or see broken.
"""

import ast
import errno
import os
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polib
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
LANGUAGE = "vi"
TEMPLATE_ENDINGS = {".html", ".txt"}
METADATA = {
    "Project-Id-Version": "thidua",
    "Language": LANGUAGE,
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=1; plural=0;",
}
# What each function takes first: a context, a message, the message for many.
SHAPES = {
    "gettext": ("message",),
    "gettext_lazy": ("message",),
    "gettext_noop": ("message",),
    "ngettext": ("message", "plural"),
    "ngettext_lazy": ("message", "plural"),
    "pgettext": ("context", "message"),
    "pgettext_lazy": ("context", "message"),
    "npgettext": ("context", "message", "plural"),
    "npgettext_lazy": ("context", "message", "plural"),
}
SHAPES["_"] = SHAPES["gettext"]
CALL = re.compile(r"\b(?:_|n?p?gettext(?:_lazy|_noop)?)\(")
PLACEHOLDER = re.compile(r"%(?:\((\w+)\))?[-+ #0]{0,5}\d{0,9}(?:\.\d{1,9})?([sdfrix%])")


@dataclass(frozen=True)
class Message:
    """A message as written in the code; ``plural`` is empty for most."""

    text: str
    plural: str = ""
    context: str | None = None

    @property
    def key(self) -> tuple[str | None, str]:
        return self.context, self.text


@dataclass
class Room:
    """A folder of the house, the messages used in it and where each is used."""

    name: str
    uses: dict[Message, set[str]] = field(default_factory=lambda: defaultdict(set))

    @property
    def path(self) -> Path:
        return ROOT / self.name / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"

    @property
    def label(self) -> str:
        return str(self.path.relative_to(ROOT.parent))

    def catalogue(self) -> polib.POFile:
        """The catalogue on disk, or an empty one."""
        if self.path.exists():
            return polib.pofile(str(self.path), wrapwidth=120)
        return polib.POFile(wrapwidth=120)


@dataclass(frozen=True)
class Problem:
    """Something a reader would notice."""

    file: str
    message: str
    trouble: str

    def __str__(self) -> str:
        return f"{self.file}: {self.trouble}: “{self.message}”"


def extract_all() -> list[Path]:
    """Bring every room's catalogue up to date with its code; the files written are returned."""
    return [path for room in rooms() if (path := _extract(room))]


def check_all() -> list[Problem]:
    """Everything that is missing, empty, fuzzy or broken in the Vietnamese catalogues."""
    found, known = [], {}
    for room in rooms():
        entries = {(entry.msgctxt, entry.msgid): entry for entry in room.catalogue() if not entry.obsolete}
        for message in sorted(room.uses, key=_order):
            entry = entries.get(message.key)
            trouble = _trouble(message, entry) or _contradiction(message, entry, room, known)
            if trouble:
                found.append(Problem(room.label, message.text, trouble))
    return found


def compile_all(instead: Path | None = None) -> list[Path]:
    """Write the ``.mo`` file beside each catalogue that changed since the last time.

    Where the program is not this account's to write, all catalogues become one below ``instead``, which is read first.
    """
    together = instead / LANGUAGE / "LC_MESSAGES" / "django.mo" if instead else None
    try:
        written = [_compile(path) for path in _books() if _is_stale(path, path.with_suffix(".mo"))]
    except OSError as error:
        if together is None or error.errno not in {errno.EACCES, errno.EPERM, errno.EROFS}:
            raise
        return [_compile_together(together)]
    if together:
        together.unlink(missing_ok=True)  # it would go before those of the rooms, which are newer
    return written


def _books() -> list[Path]:
    return sorted(ROOT.glob("*/locale/*/LC_MESSAGES/*.po"))


def _is_stale(path: Path, target: Path) -> bool:
    return not target.exists() or target.stat().st_mtime < path.stat().st_mtime


def _compile(path: Path) -> Path:
    return _put(polib.pofile(str(path)), path.with_suffix(".mo"))


def _compile_together(target: Path) -> Path:
    """The same words mean the same in all rooms (``check``), so the order of the rooms says nothing."""
    book = polib.POFile()
    book.metadata = METADATA
    for path in _books():
        book.extend(polib.pofile(str(path)))
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return _put(book, target)


def _put(book: polib.POFile, target: Path) -> Path:
    """Moved into place whole: a web process may be reading the old one."""
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    book.save_as_mofile(str(draft))
    draft.replace(target)
    return target


def rooms() -> Iterator[Room]:
    """Every room with the messages it uses."""
    for folder in sorted(path for path in ROOT.iterdir() if (path / "__init__.py").exists()):
        room = Room(folder.name)
        for file in sorted(folder.rglob("*")):
            for message in messages_of(file):
                room.uses[message].add(str(file.relative_to(ROOT)))
        yield room


def messages_of(file: Path) -> list[Message]:
    """The messages of one Python file or template; none for any other file."""
    if file.suffix == ".py" and "migrations" not in file.parts:
        return list(python_messages(file.read_text(encoding="utf-8")))
    if file.suffix in TEMPLATE_ENDINGS and "templates" in file.parts:
        return list(template_messages(file.read_text(encoding="utf-8"), str(file)))
    return []


def python_messages(source: str) -> Iterator[Message]:
    """Messages in calls of the translating functions, under the names by which the module imports them."""
    tree = ast.parse(source)
    shapes = {**SHAPES, **_imported_as(tree)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (message := _message_of(node, shapes)):
            yield message


def template_messages(source: str, origin: str) -> Iterator[Message]:
    """Messages of a template: Django turns its tags into calls, which stand in text that is not Python."""
    text = templatize(source, origin=origin)
    for match in CALL.finditer(text):
        call = _parse_call(text, match.start())
        if call is not None and (message := _message_of(call, SHAPES)):
            yield message


def _imported_as(tree: ast.Module) -> dict[str, tuple[str, ...]]:
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    names = [alias for node in imports for alias in node.names]
    return {alias.asname: SHAPES[alias.name] for alias in names if alias.asname and alias.name in SHAPES}


def _message_of(call: ast.Call, shapes: dict[str, tuple[str, ...]]) -> Message | None:
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    shape = shapes.get(name)
    if shape is None or len(call.args) < len(shape):
        return None
    texts = [argument.value for argument in call.args[: len(shape)] if isinstance(argument, ast.Constant)]
    if len(texts) < len(shape) or not all(isinstance(text, str) and text for text in texts):
        return None  # the text is computed: it is collected where it is written
    given = dict(zip(shape, texts, strict=True))
    return Message(given["message"], given.get("plural", ""), given.get("context"))


def _parse_call(text: str, start: int) -> ast.Call | None:
    end = text.find(")", start)
    while end >= 0:
        try:
            node = ast.parse(text[start : end + 1], mode="eval").body
        except SyntaxError:
            end = text.find(")", end + 1)
            continue
        return node if isinstance(node, ast.Call) else None
    return None


def _extract(room: Room) -> Path | None:
    if not room.uses and not room.path.exists():
        return None
    before = {(entry.msgctxt, entry.msgid): entry for entry in room.catalogue()}
    after = polib.POFile(wrapwidth=120)
    after.metadata = METADATA
    for message in sorted(room.uses, key=_order):
        after.append(_entry(message, before.get(message.key), room.uses[message]))
    text = str(after) + "\n"
    if room.path.exists() and room.path.read_text(encoding="utf-8") == text:
        return None
    room.path.parent.mkdir(parents=True, exist_ok=True)
    room.path.write_text(text, encoding="utf-8")
    return room.path


def _entry(message: Message, former: polib.POEntry | None, files: set[str]) -> polib.POEntry:
    # Files without line numbers: the catalogue changes only when messages do.
    entry = polib.POEntry(
        msgid=message.text, msgctxt=message.context, occurrences=[(file, "") for file in sorted(files)]
    )
    translated = _translation(former) if former else ""
    if message.plural:
        entry.msgid_plural, entry.msgstr_plural = message.plural, {0: translated}
    else:
        entry.msgstr = translated
    if _placeholders(message.text) | _placeholders(message.plural):
        entry.flags.append("python-format")
    if former and former.fuzzy:
        entry.flags.append("fuzzy")
    if former:
        entry.tcomment = former.tcomment
    return entry


def _translation(entry: polib.POEntry) -> str:
    return entry.msgstr_plural.get(0, "") if entry.msgid_plural else entry.msgstr


def _trouble(message: Message, entry: polib.POEntry | None) -> str:
    if entry is None:
        return "not in the catalogue (run: thidua catalogue extract)"
    if bool(entry.msgid_plural) != bool(message.plural):
        return "in the catalogue with another plural (run: thidua catalogue extract)"
    if not _translation(entry).strip():
        return "not translated"
    if entry.fuzzy:
        return "marked fuzzy"
    expected, given = _placeholders(message.plural or message.text), _placeholders(_translation(entry))
    if expected != given:
        return f"placeholders differ ({_list(expected)} against {_list(given)})"
    return ""


def _contradiction(message: Message, entry: polib.POEntry, room: Room, known: dict) -> str:
    """Django merges all catalogues, so one message has one translation, whichever room asks."""
    text, label = known.setdefault(message.key, (_translation(entry), room.label))
    return f"translated differently in {label}" if text != _translation(entry) else ""


def _placeholders(text: str) -> set[str]:
    return {match[0] for match in PLACEHOLDER.finditer(text) if match[2] != "%"}


def _list(items: set[str]) -> str:
    return ", ".join(sorted(items)) or "none"


def _order(message: Message) -> tuple[str, str]:
    return message.text, message.context or ""
