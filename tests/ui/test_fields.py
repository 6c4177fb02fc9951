"""A refusal beside what was typed: each sentence has its place, and none is lost."""

import pytest
from django import forms

from thidua.core.refusals import Away, Denied, TooOften
from thidua.ui.fields import put_on


class Form(forms.Form):
    email = forms.CharField(required=False)


def told(refusal: Denied, names=None) -> dict[str, list[str]]:
    form = Form({})
    assert form.is_valid()
    put_on(form, refusal, names)
    return dict(form.errors)


@pytest.mark.parametrize(
    ("refusal", "names", "errors"),
    [
        (Denied("Hai lỗi", {"email": "Đã có người dùng"}), {}, {"email": ["Đã có người dùng"]}),
        (Denied("Đơn vị đã kết thúc"), {}, {"__all__": ["Đơn vị đã kết thúc"]}),
        (Denied("x", {"unit": "Đơn vị đã kết thúc"}), {}, {"__all__": ["Đơn vị đã kết thúc"]}),
        (Denied("Tệp bị hỏng"), {"": "email"}, {"email": ["Tệp bị hỏng"]}),
        (Denied("x", {"address": "Đã có người dùng"}), {"address": "email"}, {"email": ["Đã có người dùng"]}),
    ],
)
def test_each_sentence_has_its_place(refusal, names, errors):
    assert told(refusal, names) == errors


@pytest.mark.parametrize("refusal", [Away("Máy chủ thư không trả lời"), TooOften("Quá nhiều lần")])
def test_what_lies_not_with_what_was_typed_is_no_fault_of_the_form(refusal):
    with pytest.raises(type(refusal)):
        told(refusal)
