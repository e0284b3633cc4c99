"""All importers, in the order in which they are asked whether a file is theirs and in which what they read is kept."""

from __future__ import annotations

from typing import Final

from chartstream.codesets.importing import (
    conversion,
    cpt,
    fee_schedule,
    hcpcs,
    icd10cm,
    indexes,
    mce_table,
    ncci_add_on,
    ncci_mue,
    ncci_ptp,
    pcs,
    poa_exempt,
)
from chartstream.codesets.importing.model import Importer

# The tabular list first: an index is checked against the release that was imported beside it.
IMPORTERS: Final[tuple[Importer, ...]] = (
    icd10cm.IMPORTER,
    *indexes.IMPORTERS,
    pcs.IMPORTER,
    mce_table.IMPORTER,
    poa_exempt.IMPORTER,
    *conversion.IMPORTERS,
    hcpcs.IMPORTER,
    cpt.IMPORTER,
    *ncci_ptp.IMPORTERS,
    *ncci_mue.IMPORTERS,
    ncci_add_on.IMPORTER,
    fee_schedule.IMPORTER,
)
