"""Runs jobs at fixed times of the day."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass
class Job:
    name: str
    hour: int
    minute: int
    last_run: datetime | None = None


@dataclass
class Scheduler:
    jobs: list[Job] = field(default_factory=list)

    def next_run(self, job: Job, now: datetime) -> datetime:
        """When the job is due next."""
        due = now.replace(hour=job.hour, minute=job.minute)
        if due < now:
            due = due.replace(day=now.day + 1)
        return due

    def due(self, now: datetime) -> list[Job]:
        found = []
        for job in self.jobs:
            due = self.next_run(job, now)
            if due - now < timedelta(minutes=1):
                job.last_run = now
                found.append(job)
        return found
