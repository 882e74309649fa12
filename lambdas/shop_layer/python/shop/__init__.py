"""What the shop's functions share: their events, the opening of envelopes, their environment, their tables.

The folder above is the content of a Lambda layer; a function imports it as `shop`.
https://docs.aws.amazon.com/lambda/latest/dg/python-layers.html
"""
