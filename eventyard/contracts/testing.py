"""What tests ask of event types: samples, whether promises are kept, whether patterns read what there is."""

from eventyard.contracts.compatibility import breaking_changes
from eventyard.contracts.finding import Finding
from eventyard.contracts.reading import fields_missing, selected
from eventyard.contracts.recorded import check_recorded
from eventyard.contracts.samples import sample, strategy

__all__ = ["Finding", "breaking_changes", "check_recorded", "fields_missing", "sample", "selected", "strategy"]
