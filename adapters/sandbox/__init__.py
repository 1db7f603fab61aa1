"""A ContentStats account on your own machine: the documented API over real HTTP, growing videos, faults on demand.

Where a behaviour is documented, the docstring beside it names the page ("Rate limits page"); where the documentation
is silent, it says that the behaviour is the sandbox's own choice.
"""
