from django.urls import path

from thidua.reports import views

app_name = "reports"
urlpatterns = [
    path("units/<str:code>/", views.scorecard, name="scorecard"),
    path("units/<str:code>/<slug:criterion>/", views.declare, name="declare"),
    path("people/<str:code>/", views.record, name="record"),
    path("people/<str:code>/excel/", views.people_excel, name="people_excel"),
    path("people/<str:code>/import/", views.import_results, name="import_results"),
    path("criteria/<slug:criterion>/", views.criterion, name="criterion"),
    path("criteria/<slug:criterion>/excel/", views.excel, name="excel"),
    path("figures/<int:pk>/check/", views.check, name="check"),
    path("figures/<int:pk>/accept/", views.accept, name="accept"),
    path("evidence/<int:pk>/", views.evidence, name="evidence"),
]
