from django.urls import path

from thidua.people import views

app_name = "people"
urlpatterns = [
    path("units/", views.units, name="units"),
    path("units/excel/", views.units_excel, name="units_excel"),
    path("units/import/", views.import_units, name="import_units"),
    path("units/<str:code>/", views.unit, name="unit"),
    path("units/<str:code>/tokens/", views.tokens, name="tokens"),
    path("units/<str:code>/tokens/excel/", views.tokens_excel, name="tokens_excel"),
    path("units/<str:code>/tokens/issue/", views.issue_token, name="issue_token"),
    path("units/<str:code>/tokens/<int:pk>/revoke/", views.revoke_token, name="revoke_token"),
    path("units/<str:code>/close/", views.close_unit, name="close_unit"),
    path("units/<str:code>/reopen/", views.reopen_unit, name="reopen_unit"),
    path("people/", views.people, name="people"),
    path("people/excel/", views.people_excel, name="people_excel"),
    path("people/import/", views.import_people, name="import_people"),
    path("people/slips/", views.slips, name="slips"),
    path("members/", views.members, name="members"),
    path("members/add/", views.add_member, name="add_member"),
    path("delegate/", views.delegate, name="delegate"),
    path("letters/", views.letters, name="letters"),
    path("letters/read/", views.read_letters, name="read_letters"),
]
