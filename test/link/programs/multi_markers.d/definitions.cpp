int enzyme_const, enzyme_dup, enzyme_out;
