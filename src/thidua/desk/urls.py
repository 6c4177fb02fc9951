from django.urls import path

from thidua.desk import views

app_name = "desk"
urlpatterns = [
    path("", views.home, name="home"),
    path("overview/", views.overview, name="overview"),
    path("search/", views.search, name="search"),
    path("trail/", views.trail, name="trail"),
    path("trail/excel/", views.trail_excel, name="trail_excel"),
    path("operations/", views.operations_page, name="operations"),
    path("operations/jobs/", views.failed_jobs, name="failed_jobs"),
    path("operations/jobs/excel/", views.failed_jobs_excel, name="failed_jobs_excel"),
    path("operations/jobs/<int:pk>/try-again/", views.try_again, name="try_again"),
    path("operations/jobs/<int:pk>/set-aside/", views.set_aside, name="set_aside"),
    path("operations/letters/", views.letters_in_trouble, name="letters"),
    path("operations/letters/excel/", views.letters_excel, name="letters_excel"),
    path("operations/letters/<int:pk>/mail-again/", views.mail_again, name="mail_again"),
    path("operations/letters/<int:pk>/set-aside/", views.set_letter_aside, name="set_letter_aside"),
]
