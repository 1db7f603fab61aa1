"""ContentStats sandbox: the documented API over HTTP on your own machine, with growing videos and faults on demand.

Docstrings name the documentation page of a behaviour ("Rate limits page"), or say that it is undocumented and the
sandbox's own choice.
"""
