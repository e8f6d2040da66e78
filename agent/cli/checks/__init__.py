"""What `doctor` looks at, one subject a module. A check takes an `Examination` and yields findings; none when all is
well. A new one is a function of that shape, added to `agent.cli.doctor.CHECKS`.
"""
