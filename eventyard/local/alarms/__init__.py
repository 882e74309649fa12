"""CloudWatch's metrics of what flows, and the alarms on them."""

from eventyard.local.alarms._alarms import Alarms
from eventyard.local.alarms._data import MINUTE, Datum, MetricKey
from eventyard.local.alarms._figures import Figures
from eventyard.local.alarms._metrics import Metrics
from eventyard.local.alarms._remarks import remarks

__all__ = ["MINUTE", "Alarms", "Datum", "Figures", "MetricKey", "Metrics", "remarks"]
