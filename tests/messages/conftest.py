"""Property tests judge answers, never how long a busy machine took for one."""

from hypothesis import settings

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
