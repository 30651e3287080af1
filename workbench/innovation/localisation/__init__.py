"""Specialisation of regions, concentration and agglomeration of activities, shift-share."""

from workbench.innovation.localisation.agglomeration import Agglomeration, ellison_glaeser
from workbench.innovation.localisation.ginis import LocationalGini, locational_gini
from workbench.innovation.localisation.joint import Coagglomeration, coagglomeration
from workbench.innovation.localisation.quotients import LocationQuotients, location_quotients
from workbench.innovation.localisation.shift_shares import ShiftShare, shift_share
from workbench.innovation.localisation.structures import (
    StructureMeasures,
    concentration,
    specialisation,
)
from workbench.innovation.localisation.top_lists import TopList, top_list

__all__ = [
    "Agglomeration",
    "Coagglomeration",
    "LocationQuotients",
    "LocationalGini",
    "ShiftShare",
    "StructureMeasures",
    "TopList",
    "coagglomeration",
    "concentration",
    "ellison_glaeser",
    "location_quotients",
    "locational_gini",
    "shift_share",
    "specialisation",
    "top_list",
]
