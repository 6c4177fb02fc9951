"""Pages of a list. A page number that makes no sense shows the nearest page, never an error."""

from django.core.paginator import Page, Paginator

PER_PAGE = 50


def page_of(queryset, request, per_page: int = PER_PAGE, default: int = 1) -> Page:
    """The page that the address names, or ``default`` where it names none."""
    return Paginator(queryset, per_page).get_page(request.GET.get("page", default))
