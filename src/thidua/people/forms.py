"""What people type about units, colleagues and delegation."""

from allauth.account.forms import ResetPasswordForm
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from thidua.core.mailboxes import is_mailbox, mailbox, not_an_address
from thidua.ledger import limits
from thidua.people import queries
from thidua.ui.clients import address_of
from thidua.ui.fields import DayField


class MemberForm(forms.Form):
    full_name = forms.CharField(label=_("Full name"), max_length=200)
    title = forms.CharField(label=_("Position"), max_length=200, required=False)
    email = forms.EmailField(label=_("Official e-mail"), required=False)


class DelegationForm(forms.Form):
    unit = forms.ModelChoiceField(queryset=None, label=_("Unit"), empty_label=None)
    deputy = forms.ModelChoiceField(
        queryset=None,
        label=_("Who acts for the head"),
        error_messages={"invalid_choice": _("Choose a colleague who holds a post in this unit; not yourself.")},
    )
    starts_on = DayField(label=_("From"))
    ends_on = DayField(label=_("To"), help_text=_("At most a year from today. Day/month/year."))
    reason = forms.CharField(label=_("Reason"), max_length=300)

    def __init__(self, *args, person, today, **kwargs):
        """Which unit is asked of who is head of several."""
        super().__init__(*args, **kwargs)
        self.headed = queries.units_headed(person)
        self.fields["unit"].queryset = self.headed
        self.fields["deputy"].queryset = queries.colleagues_of(person, self.headed, today)
        if len(self.headed) < 2:
            del self.fields["unit"]

    def clean(self) -> dict:
        if "unit" not in self.fields:
            self.cleaned_data["unit"] = next(iter(self.headed), None)
        return self.cleaned_data


class CloseForm(forms.Form):
    ends_on = DayField(label=_("Last day"))
    reason = forms.CharField(label=_("Reason"), max_length=300)


class ReopenForm(forms.Form):
    why = forms.CharField(label=_("Reason"), max_length=300)


class TokenForm(forms.Form):
    name = forms.CharField(
        label=_("Program"), max_length=120, help_text=_("As the unit calls it, for example: one-stop system.")
    )
    expires_on = DayField(label=_("Last day of the code"), help_text=_("At most a year from today. Day/month/year."))


class ImportForm(forms.Form):
    file = forms.FileField(label=_("Excel or CSV file"))
    commit = forms.BooleanField(
        label=_("Import now"), required=False, help_text=_("Without this mark the file is only checked.")
    )


class ForgottenForm(ResetPasswordForm):
    """A link to choose a new password goes to an address that counts (people.actions.addresses), to no other."""

    def clean_email(self):
        """Never to what was typed, where somebody is found by it: to the address as it is kept."""
        email, now = self.cleaned_data["email"], timezone.now()
        if not is_mailbox(email):
            raise forms.ValidationError(str(not_an_address(email)))
        self.users = queries.recovered_by(email, now)
        return queries.address_that_counts(self.users[0], now) if self.users else mailbox(email)

    def save(self, request, **kwargs):
        """Counted alike whether somebody has the address or not: the office's name fills nobody's mailbox."""
        now = timezone.now()
        limits.spend("reset.address", address_of(request), at=now)
        limits.spend("reset.mailbox", mailbox(self.cleaned_data["email"]), at=now)
        return super().save(request, **kwargs)


class AddressForm(forms.Form):
    email = forms.EmailField(label=_("New e-mail address"), max_length=254)
    password = forms.CharField(
        label=_("Your password"),
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
