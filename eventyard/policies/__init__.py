"""Who may do what, and why not: IAM policy documents evaluated as AWS does.

The semantics are those of the IAM user guide's pages on policy elements, on policy evaluation and on roles, and of the
KMS developer guide's on key policies. Permissions boundaries, session policies and the policies of an organisation
(SCPs, RCPs) are not evaluated: nothing in the kit makes any. Standard library only.
"""

from eventyard.errors import PolicyError
from eventyard.policies.decision import Decision, Kind, NearMiss, Place
from eventyard.policies.document import Policy
from eventyard.policies.evaluation import evaluate
from eventyard.policies.request import Request

__all__ = ["Decision", "Kind", "NearMiss", "Place", "Policy", "PolicyError", "Request", "evaluate"]
