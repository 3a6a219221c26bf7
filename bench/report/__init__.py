"""The figures of docs/performance.md: measured part by part, judged by ratios, and written down."""
