/**
 * What the provider's schema cannot say, as a stylesheet over the network's XML: no spanning tree.
 * With it a bridge listens and learns for 4 s before it lets a new node's frames through, and a
 * stack's only bridge can be part of no loop.
 */
export const networkTransform = `<?xml version="1.0"?>
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
<xsl:output omit-xml-declaration="yes" indent="yes"/>
<xsl:template match="node()|@*"><xsl:copy><xsl:apply-templates select="node()|@*"/></xsl:copy></xsl:template>
<xsl:template match="/network/bridge/@stp"><xsl:attribute name="stp">off</xsl:attribute></xsl:template>
<xsl:template match="/network/bridge[not(@stp)]"><xsl:copy><xsl:attribute name="stp">off</xsl:attribute><xsl:apply-templates select="node()|@*"/></xsl:copy></xsl:template>
</xsl:stylesheet>
`;
