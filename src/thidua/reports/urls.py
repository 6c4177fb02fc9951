from django.urls import path

from thidua.reports.views import explorer, figures

app_name = "reports"
urlpatterns = [
    path("units/<str:code>/", figures.scorecard, name="scorecard"),
    path("units/<str:code>/excel/", figures.card_excel, name="card_excel"),
    path("units/<str:code>/<slug:criterion>/", figures.declare, name="declare"),
    path("people/<str:code>/", figures.record, name="record"),
    path("people/<str:code>/excel/", figures.people_excel, name="people_excel"),
    path("people/<str:code>/import/", figures.import_results, name="import_results"),
    path("criteria/<slug:criterion>/", figures.criterion, name="criterion"),
    path("criteria/<slug:criterion>/excel/", figures.excel, name="excel"),
    path("figures/<int:pk>/check/", figures.check, name="check"),
    path("figures/<int:pk>/accept/", figures.accept, name="accept"),
    path("evidence/<int:pk>/", figures.evidence, name="evidence"),
    path("explorer/", explorer.explorer, name="explorer"),
    path("explorer/<slug:criterion>/", explorer.explore, name="explore"),
    path("explorer/<slug:criterion>/excel/", explorer.explore_excel, name="explore_excel"),
    path("explorer/<slug:criterion>/rows/", explorer.rows, name="rows"),
    path("explorer/<slug:criterion>/rows/excel/", explorer.rows_excel, name="rows_excel"),
]
