"""Alarms: what is beyond a threshold, how far and since when, by rules that stand as data in declarations/alarms.toml."""

from commlib.alarms.collect import Alarm, RuleState, alarm_rule_states, alarms

__all__ = ["Alarm", "RuleState", "alarm_rule_states", "alarms"]
