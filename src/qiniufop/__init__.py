"""Typed, validated data-processing commands for Qiniu Cloud."""
