// The one script of a page: registers both elements.

import './onhand-pickup.ts';
import './onhand-stock.ts';
