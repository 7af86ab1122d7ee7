/** Forms in which `schedlab inventory` lists a stack's nodes. */
export const inventoryFormats = ["json", "colmena", "ansible", "ssh"] as const;
export type InventoryFormat = (typeof inventoryFormats)[number];
