from django.urls import path

from thidua.people.views import account, lists

app_name = "people"
urlpatterns = [
    path("units/", lists.units, name="units"),
    path("units/excel/", lists.units_excel, name="units_excel"),
    path("units/import/", lists.import_units, name="import_units"),
    path("units/<str:code>/", lists.unit, name="unit"),
    path("units/<str:code>/tokens/", lists.tokens, name="tokens"),
    path("units/<str:code>/tokens/excel/", lists.tokens_excel, name="tokens_excel"),
    path("units/<str:code>/tokens/issue/", lists.issue_token, name="issue_token"),
    path("units/<str:code>/tokens/<int:pk>/revoke/", lists.revoke_token, name="revoke_token"),
    path("units/<str:code>/close/", lists.close_unit, name="close_unit"),
    path("units/<str:code>/reopen/", lists.reopen_unit, name="reopen_unit"),
    path("people/", lists.people, name="people"),
    path("people/excel/", lists.people_excel, name="people_excel"),
    path("people/import/", lists.import_people, name="import_people"),
    path("people/slips/", lists.slips, name="slips"),
    path("people/addresses/", account.addresses, name="addresses"),
    path("people/addresses/<int:pk>/agree/", account.agree_to_address, name="agree_to_address"),
    path("people/<str:username>/sessions/", account.sessions, name="sessions"),
    path("people/<str:username>/factors/remove/", account.remove_factors, name="remove_factors"),
    path("account/", account.account, name="account"),
    path("account/address/", account.change_address, name="change_address"),
    path("account/sessions/<int:pk>/end/", account.end_session, name="end_session"),
    path("account/identities/<int:pk>/remove/", account.remove_identity, name="remove_identity"),
    path("object/<str:token>/", account.object_to_address, name="object_to_address"),
    path("members/", lists.members, name="members"),
    path("members/add/", lists.add_member, name="add_member"),
    path("delegate/", lists.delegate, name="delegate"),
    path("delegate/<int:pk>/revoke/", lists.revoke_delegation, name="revoke_delegation"),
    path("letters/", lists.letters, name="letters"),
    path("letters/read/", lists.read_letters, name="read_letters"),
]
