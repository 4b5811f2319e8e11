"""Index of the rows; Django looks here. Nothing else may."""

from goodwill.store.addresses import Address
from goodwill.store.calendars import Calendar, CalendarVersion
from goodwill.store.customers import ContactPerson, Customer, SearchWord
from goodwill.store.deliveries import Delivery
from goodwill.store.feeds import AllowedHost, Feed, FeedFile
from goodwill.store.findings import Finding
from goodwill.store.firms import Firm
from goodwill.store.idempotency import IdemKey
from goodwill.store.imports import BadRow, Import, ImportChange, ImportFile
from goodwill.store.interactions import Interaction
from goodwill.store.jobs import Job
from goodwill.store.journal import JournalEntry
from goodwill.store.month_tallies import MonthTally, StaleMonth
from goodwill.store.notices import Notice, NoticeBookmark, NoticePlan
from goodwill.store.orders import Order, OrderLine, Payment, Shipment
from goodwill.store.people import Assignment, Person
from goodwill.store.policies import PolicyVersion
from goodwill.store.products import Category, Product, Seller
from goodwill.store.promises import Promise
from goodwill.store.ratings import Rating
from goodwill.store.shipment_reports import ShipmentPhoto, ShipmentReport
from goodwill.store.sites import Site
from goodwill.store.tags import OwnField, Tag
from goodwill.store.tokens import ApiToken
from goodwill.store.touchpoints import Touchpoint
from goodwill.store.units import Unit
from goodwill.store.webhooks import Webhook

__all__ = [
    "Address",
    "AllowedHost",
    "ApiToken",
    "Assignment",
    "BadRow",
    "Calendar",
    "CalendarVersion",
    "Category",
    "ContactPerson",
    "Customer",
    "Delivery",
    "Feed",
    "FeedFile",
    "Finding",
    "Firm",
    "IdemKey",
    "Import",
    "ImportChange",
    "ImportFile",
    "Interaction",
    "Job",
    "JournalEntry",
    "MonthTally",
    "Notice",
    "NoticeBookmark",
    "NoticePlan",
    "Order",
    "OrderLine",
    "OwnField",
    "Payment",
    "Person",
    "PolicyVersion",
    "Product",
    "Promise",
    "Rating",
    "SearchWord",
    "Seller",
    "Shipment",
    "ShipmentPhoto",
    "ShipmentReport",
    "Site",
    "StaleMonth",
    "Tag",
    "Touchpoint",
    "Unit",
    "Webhook",
]
