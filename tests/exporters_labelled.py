"""Orders of WooCommerce under the labels of Advanced Order Export, one row for each line."""

from decimal import Decimal

from tests.exporters import Locale, woocommerce_items

LABELLED = {
    "Order Number": "order_number",
    "Order Status": "status",
    "Order Date": "order_date",
    "Customer Note": "",
    "First Name (Billing)": "billing_first_name",
    "Last Name (Billing)": "billing_last_name",
    "Company (Billing)": "billing_company",
    "Address 1&2 (Billing)": "",
    "City (Billing)": "billing_city",
    "State Code (Billing)": "billing_state",
    "Postcode (Billing)": "billing_postcode",
    "Country Code (Billing)": "billing_country",
    "Email (Billing)": "billing_email",
    "Phone (Billing)": "billing_phone",
    "First Name (Shipping)": "",
    "Last Name (Shipping)": "",
    "Address 1&2 (Shipping)": "",
    "City (Shipping)": "",
    "State Code (Shipping)": "",
    "Postcode (Shipping)": "",
    "Country Code (Shipping)": "",
    "Payment Method Title": "payment_method_title",
    "Cart Discount Amount": "",
    "Order Subtotal Amount": "order_subtotal",
    "Shipping Method Title": "shipping_method",
    "Order Shipping Amount": "shipping_total",
    "Order Refund Amount": "",
    "Order Total Amount": "order_total",
    "Order Total Tax Amount": "tax_total",
    "SKU": "",
    "Item #": "",
    "Item Name": "item_name",
    "Quantity (- Refund)": "item_quantity",
    "Quantity": "item_quantity",
    "Item Cost": "item_price",
    "Coupon Code": "",
    "Discount Amount": "",
    "Discount Amount Tax": "",
    "Currency": "order_currency",
    "Paid Date": "paid_date",
    "Completed Date": "date_completed",
    "delivery_date": "meta:delivery_date",
}
"""Its columns in their order, some that are chosen last, and what each holds."""


def woocommerce_labelled(locale: Locale) -> list[list[str]]:
    """The same rows under the labels that people read; of an item the price after its discount."""
    header, *rows = woocommerce_items(locale)
    labelled = [list(LABELLED)]
    for row in rows:
        said = dict(zip(header, row, strict=True))
        said["item_price"] = str(Decimal(said["item_total"]) / int(said["item_quantity"]))
        said["status"] = said["status"].capitalize()
        labelled.append([said.get(name, "") for name in LABELLED.values()])
    return labelled
