"""The records behind the figures of the plan: what one-stop, document, staff and payment systems export.

Headings are those that such exports carry; they are compared without marks, case, spaces and punctuation. Nothing that
names a citizen is a column, so none of it is kept.
"""

from thidua.reports.datasets.documents import DOCUMENTS
from thidua.reports.datasets.dossiers import DOSSIERS
from thidua.reports.datasets.payments import PAYMENTS
from thidua.reports.datasets.satisfaction import SATISFACTION
from thidua.reports.datasets.staff import STAFF

__all__ = ["DOCUMENTS", "DOSSIERS", "PAYMENTS", "SATISFACTION", "STAFF"]
