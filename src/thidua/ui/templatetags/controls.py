"""Forms of every page: fields, errors, buttons with their reasons, saving as one types; installed as builtins."""

from __future__ import annotations

from django import template
from django.forms import CheckboxInput, CheckboxSelectMultiple, ClearableFileInput, FileInput, RadioSelect, Select
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from thidua.ui.templatetags.ui import gio_phut, icon

register = template.Library()


@register.simple_tag
def saved(at: object = None, extra: object = "") -> str:
    """The save mark that the autosave script keeps true. One on a page."""
    words = (_("Saved at %(time)s") % {"time": gio_phut(at)}) if at else ""
    if words and extra:
        words = f"{words}, {extra}"
    return format_html(
        '<span class="saved" role="status" data-autosave-status{}>{}<span data-autosave-text>{}</span>'
        "<span data-autosave-extra hidden>{}</span></span>",
        "" if words else mark_safe(" hidden"),
        icon("done"),
        words,
        extra,
    )


@register.simple_tag
def autosave(url: str) -> str:
    """Attributes of a form that saves as one types."""
    texts = {
        "saved": _("Saved at {at}"),
        "saving": _("Saving…"),
        "unsaved": _("Not saved: no connection. Trying again."),
        "conflict": _("Somebody else changed this. See both versions"),
        "signin": _("Not saved: you are signed out. Your text is kept in this browser. Sign in"),
        "restored": _("Text kept in this browser was put back. Check it and save."),
        "refused": _("Not saved."),
    }
    pairs = [format_html(' data-text-{}="{}"', key, text) for key, text in texts.items()]
    return format_html('data-autosave="{}"{}', url, mark_safe("".join(pairs)))


@register.simple_tag
def options(rows, chosen: object = "") -> str:
    """The options of a select: ``rows`` are (value, words), ``chosen`` is one of the values, as number or text."""
    picked = str(chosen)
    marked = ((value, mark_safe(" selected") if str(value) == picked else "", words) for value, words in rows)
    return format_html_join("", '<option value="{}"{}>{}</option>', marked)


def _kind(widget) -> str:
    if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        return "choices"
    if isinstance(widget, CheckboxInput):
        return "check"
    if isinstance(widget, FileInput):
        return "file"
    return "select" if isinstance(widget, Select) else "text"


_CSS = {"choices": "form-check-input", "check": "form-check-input", "select": "form-select"}


@register.simple_tag
def field(
    bound,
    hint: object = None,
    label: object = "",
    optional: bool | None = None,
    css: str = "",
    rows: int = 0,
    placeholder: str | None = None,
):
    """Label, hint, control, error in this order, tied together by ``aria-describedby``."""
    widget, kind = bound.field.widget, _kind(bound.field.widget)
    if bound.is_hidden:
        return bound.as_widget()
    hint = bound.help_text if hint is None else hint
    described = []
    if hint:
        described.append(f"{bound.auto_id}_hint")
    length = getattr(bound.field, "max_length", None) or widget.attrs.get("maxlength")
    is_prose = kind == "text" and getattr(widget, "input_type", "text") == "text"
    counter = length if is_prose and length and int(length) >= 100 else None
    if counter:
        described.append(f"{bound.auto_id}_count")
    if bound.errors:
        described.append(f"{bound.auto_id}_error")
    own = widget.attrs.get("class", "")
    attrs = {"class": " ".join(filter(None, [_CSS.get(kind, "form-control"), own, css]))}
    if bound.errors:
        attrs |= {"class": f"{attrs['class']} is-invalid", "aria-invalid": "true"}
    if described:
        attrs["aria-describedby"] = " ".join(described)
    if counter:
        attrs["data-count"] = str(counter)
    if rows:
        attrs["rows"] = str(rows)
    if placeholder is not None:
        attrs["placeholder"] = placeholder
    is_optional = not bound.field.required if optional is None else optional
    context = {
        "bound": bound,
        "kind": kind,
        "label": label or bound.label,
        "hint": hint,
        "counter": counter,
        "optional": is_optional and kind != "check",
        "control": "" if kind == "choices" else _control(bound, attrs, kind),
        "options": list(bound) if kind == "choices" else [],
        "describedby": attrs.get("aria-describedby", ""),
        "multiple": bool(getattr(widget, "allow_multiple_selected", False)),
    }
    return render_to_string("ui/parts/field.html", context)


def _control(bound, attrs: dict[str, str], kind: str) -> str:
    widget = bound.field.widget
    if kind == "file" and isinstance(widget, ClearableFileInput) and not bound.initial:
        attrs["data-file"] = ""
    # The bound field adds help-text ids of its own naming; ours are given, so it leaves them.
    return bound.as_widget(attrs=attrs)


@register.simple_tag
def form_fields(form, optional: bool | None = None) -> str:
    """Everything of a form: general errors, hidden fields, then each field."""
    parts = [form_errors(form), *[str(bound) for bound in form.hidden_fields()]]
    parts += [field(bound, optional=optional) for bound in form.visible_fields()]
    return mark_safe("".join(str(part) for part in parts))


@register.simple_tag
def form_errors(form) -> str:
    """How many fields are at fault, with a link to each; and what belongs to no field."""
    at_fault = [bound for bound in form.visible_fields() if bound.errors] if form.is_bound else []
    general = form.non_field_errors() if form.is_bound else []
    if not at_fault and not general:
        return ""
    return render_to_string("ui/parts/form_errors.html", {"at_fault": at_fault, "general": general})


@register.simple_block_tag(takes_context=True, end_name="endverdict")
def verdict(
    context,
    content,
    v,
    name: str = "",
    value: object = "",
    css: str = "btn-primary",
    icon_name: str = "",
    href: str = "",
    form: str = "",
    formaction: str = "",
    confirm: object = "",
    key: str = "",
    after: object = "",
):
    """A button that is open, or shut with the sentence why. ``href`` makes it a link; ``after`` is who can help."""
    number = context.render_context.get("ui_verdicts", 0) + 1
    context.render_context["ui_verdicts"] = number
    given = {
        "v": v,
        "content": content,
        "id": f"why-{key or number}",
        "name": name,
        "value": value,
        "css": css,
        "icon_name": icon_name,
        "href": href,
        "form": form,
        "formaction": formaction,
        "confirm": confirm,
        "after": after,
    }
    return render_to_string("ui/parts/verdict.html", given)
