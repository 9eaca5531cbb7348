#!/bin/sh
# Writes N opportunities (default: 650) with two roles each to pipeline/, at most 150 per file, and their 20 leads
# to leads.yaml, in the folder of this script. The same N always gives the same files.
#
# usage: examples/large/generate.sh [N]
set -eu
cd "$(dirname "$0")"
mkdir -p pipeline
rm -f pipeline/*.yaml

awk 'BEGIN {
  print "# Made by generate.sh. The leads that the simulator starts with."
  print "leads:"
  for (i = 1; i <= 20; i++)
    printf "  - { id: %d, email: lead%02d@example.com, firstName: Lead, lastName: Number %d }\n", 1000 + i, i, i
}' > leads.yaml

awk -v n="${1:-650}" 'BEGIN {
  stages = split("Prospecting,Qualification,Proposal,Negotiation,Closed Won,Closed Lost", stage, ",")
  sources = split("Inbound,Email,Event,Partner", source, ",")
  roles = split("Champion,Technical Buyer,Economic Buyer,Influencer", role, ",")
  for (i = 0; i < n; i++) {
    if (i % 150 == 0) {
      if (file) close(file)
      file = sprintf("pipeline/%03d.yaml", i / 150 + 1)
      print "# yaml-language-server: $schema=../../../schemas/manifest.v1.json" > file
      print "# Made by ../generate.sh." > file
      print "version: 1" > file
      print "opportunities:" > file
    }
    printf "  - externalOpportunityId: LARGE-%05d\n", i + 1 > file
    printf "    name: Renewal %d\n", i + 1 > file
    printf "    stage: %s\n", stage[i % stages + 1] > file
    printf "    amount: %d.%02d\n", 500 + (i * 7919) % 90000, i * 37 % 100 > file
    printf "    closeDate: 2030-%02d-%02d\n", i % 12 + 1, i % 28 + 1 > file
    printf "    leadSource: %s\n", source[i % sources + 1] > file
    print "    roles:" > file
    printf "      - { leadId: %d, role: %s, isPrimary: true }\n", 1001 + i % 20, role[i % roles + 1] > file
    printf "      - { leadId: %d, role: %s, isPrimary: false }\n", 1001 + (i + 7) % 20, role[(i + 1) % roles + 1] > file
  }
}'
