"""The shop, one paragraph a stack. `cdk synth` reads it from top to bottom and looks nothing up."""

from eventyard.constructs import App, Environment
from stacks.commerce_bus import CommerceBus
from stacks.order_fanout import OrderFanout
from stacks.shop_records import ShopRecords

SHOP = Environment(account="111111111111", region="us-east-1")

app = App(analytics_reporting=False)

# The bus that the web shop, the mobile app and the points of sale tell what happened, and the audit trail of all of it.
commerce = CommerceBus(app, "CommerceBus", env=SHOP)

# What the shop remembers: its tables, which outlive every other stack.
records = ShopRecords(app, "ShopRecords", env=SHOP)

# Who hears what: a topic for each concern, and behind the topics warehouse, finance and customer service.
OrderFanout(app, "OrderFanout", bus=commerce.bus, records=records, env=SHOP)

app.synth()
