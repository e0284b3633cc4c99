"""Code sets: effective-dated releases and one compact, memory-mapped index of each."""

from chartstream.codesets.catalogue import CodeSet
from chartstream.codesets.model import ICD10CM, Code, Release
from chartstream.codesets.releases import load, release_for, release_named, releases_for

__all__ = ["ICD10CM", "Code", "CodeSet", "Release", "load", "release_for", "release_named", "releases_for"]
