#!/bin/sh
# The example of README.md does what README.md says.
. "${0%/*}/common.sh"

readme=$here/../../../README.md
sed -n '/^```c$/,/^```$/{/^```$/q;/^```/d;p}' "$readme" >distance.c
command=$(sed -n 's/^\$ \(linkgrad-cc .*\)$/\1/p' "$readme")
wanted=$(sed -n '/^\$ linkgrad-cc/,/^```$/p' "$readme" | sed '1d;$d')
[ -s distance.c ] && [ -n "$wanted" ]
expect "$wanted" sh -c "$command"
