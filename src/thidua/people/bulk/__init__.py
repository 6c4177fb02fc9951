"""Units and people from Excel or CSV: all rows are checked first, then all are written or none.

The same file a second time changes nothing, and the lists that the pages offer in Excel come back unchanged. A column
that the file lacks leaves what is recorded as it is; so does an empty cell of a date, because no day is not "no end".
"""

from thidua.exchange.outcome import Outcome
from thidua.people.bulk.cells import PEOPLE_HEADINGS, UNIT_HEADINGS
from thidua.people.bulk.people import import_people
from thidua.people.bulk.units import import_units

__all__ = ["PEOPLE_HEADINGS", "UNIT_HEADINGS", "Outcome", "import_people", "import_units"]
