"""The shop, one paragraph a stack. `cdk synth` reads it from top to bottom and looks nothing up."""

from eventyard.constructs import App, Environment, RemoteBus, RemoteFunction, RemoteQueue, RemoteTopic
from stacks.analytics_mirror import AnalyticsMirror
from stacks.audit import Audit
from stacks.branch_tills import BranchTills
from stacks.commerce_bus import CommerceBus
from stacks.event_forks import EventForks
from stacks.integrations import Integrations
from stacks.operations import Operations
from stacks.order_fanout import OrderFanout
from stacks.order_sharing import OrderSharing
from stacks.partner_desk import PartnerDesk
from stacks.partner_news import PartnerNews
from stacks.shop_records import ShopRecords

SHOP = Environment(account="111111111111", region="us-east-1")
ANALYTICS = Environment(account="222222222222", region="eu-west-1")
PARTNER = Environment(account="333333333333", region="us-east-1")

# What the accounts know of each other before anything is deployed: names.
COMMERCE = RemoteBus("commerce", at=SHOP)
MIRROR = RemoteBus("shop-mirror", at=ANALYTICS)
PARTNER_ORDERS = RemoteQueue("partner-orders", at=PARTNER, encrypted=True)
PLAN_SUPPLY = RemoteFunction("plan-supply", at=PARTNER)
SHOP_NEWS = RemoteTopic("shop-news", at=SHOP)

app = App(analytics_reporting=False)

# The bus that the web shop, the mobile app and the points of sale tell what happened, and the audit trail of all of it.
commerce = CommerceBus(app, "CommerceBus", env=SHOP)

# What the shop remembers: its tables, which outlive every other stack.
records = ShopRecords(app, "ShopRecords", env=SHOP)

# Who hears what: a topic for each concern, and behind the topics warehouse, finance and customer service.
fanout = OrderFanout(app, "OrderFanout", bus=commerce.bus, records=records, env=SHOP)

# What leaves the shop's account: order events to analytics in another Region, orders and alerts to a partner, and news.
sharing = OrderSharing(
    app,
    "OrderSharing",
    bus=commerce.bus,
    mirror=MIRROR,
    partner_orders=PARTNER_ORDERS,
    plan_supply=PLAN_SUPPLY,
    news=SHOP_NEWS,
    partner=PARTNER,
    env=SHOP,
)

# Analytics: a mirror of the order events, their archive, and a table of sales.
AnalyticsMirror(app, "AnalyticsMirror", itself=MIRROR, mirrors=COMMERCE, env=ANALYTICS)

# The partner's queue and function, which the shop's rules hand to directly.
PartnerDesk(app, "PartnerDesk", orders=PARTNER_ORDERS, plan_supply=PLAN_SUPPLY, serves=COMMERCE, env=PARTNER)

# What the partner listens to by subscriptions of its own: those can be made once the topic is there.
PartnerNews(app, "PartnerNews", news=SHOP_NEWS, env=PARTNER).add_stack_dependency(sharing)

# What has to stand up to an audit: who may publish and listen, what came, what became of it, and all of it again.
audit = Audit(app, "Audit", provider=PARTNER.account, auditors=ANALYTICS.account, env=SHOP)

# Partners: orders shipped abroad go to a fulfiller, payments to the accountant, and carriers tell of their parcels.
integrations = Integrations(app, "Integrations", bus=commerce.bus, records=records, env=SHOP)

# What becomes of events besides: all of them kept, orders ready to be searched, orders that can be played again.
forks = EventForks(
    app,
    "EventForks",
    bus=commerce.bus,
    orders=fanout.orders,
    consumers=[fanout.open_invoice.queue, fanout.reserve_stock.queue],
    env=SHOP,
)

# The old tills of the branches, whose lines become orders, and the old ledger, which wants a line of each.
tills = BranchTills(app, "BranchTills", bus=commerce.bus, env=SHOP)

# Who is told when the shop loses events, and when AWS reports that something of the shop's has stopped.
WATCHED = [commerce, records, fanout, sharing, audit, integrations, forks, tills]
Operations(app, "Operations", watch=WATCHED, email="ops@shop.example", pager="https://pager.example/shop", env=SHOP)

app.synth()
