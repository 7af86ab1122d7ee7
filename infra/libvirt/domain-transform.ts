import type { NodePlan } from "../plan";
import type { NodeContext } from "./node";

// A named old model: `maximum` is slower and riskier under emulation.
const emulatedCpu = "Westmere";
const kibPerMbit = 1000 ** 2 / 8 / 1024;

/** libvirt counts average rates in KiB/s. */
function bandwidth(megabitsPerSecond: number): string {
  const average = Math.max(1, Math.round(megabitsPerSecond * kibPerMbit));
  return `<bandwidth><inbound average="${average}"/><outbound average="${average}"/></bandwidth>`;
}

function rule(match: string, addition: string): string {
  return `<xsl:template match="${match}"><xsl:copy><xsl:apply-templates select="node()|@*"/>${addition}</xsl:copy></xsl:template>`;
}

/**
 * What the provider's schema cannot say, as a stylesheet over the domain's XML: the emulated CPU
 * model, the seed disk's serial number, the console's log, the link's rate.
 */
export function domainTransform(node: NodePlan, context: NodeContext, consoleLog: string): string {
  const rate = node.link.bandwidthMbps;
  const rules = [
    rule(
      "/domain/devices/disk[contains(source/@volume, '.seed') or contains(source/@file, '.seed')]",
      "<serial>schedlab-seed</serial>",
    ),
    rule("/domain/devices/console", `<log file="${consoleLog}" append="off"/>`),
    ...(context.kind === "qemu"
      ? [
          rule(
            "/domain",
            `<cpu mode="custom" match="exact"><model fallback="forbid">${emulatedCpu}</model></cpu>`,
          ),
        ]
      : []),
    ...(rate !== null && context.shaping.bandwidth
      ? [rule("/domain/devices/interface", bandwidth(rate))]
      : []),
  ];
  return `<?xml version="1.0"?>
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
<xsl:output omit-xml-declaration="yes" indent="yes"/>
<xsl:template match="node()|@*"><xsl:copy><xsl:apply-templates select="node()|@*"/></xsl:copy></xsl:template>
${rules.join("\n")}
</xsl:stylesheet>
`;
}
